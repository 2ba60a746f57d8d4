package io.airbox.generation.worker;

import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * The socket at which the daemon waits for its worker: in a private folder, open to its owner only,
 * and peers of another user are turned away. One thread accepts; {@link #wakeup()} and {@link
 * #close()} are thread-safe.
 */
@JdkSpecific("jdk.net: the kernel's word on who is at the other end (SO_PEERCRED)")
final class WorkerSocket implements AutoCloseable {
  /** {@code sun_path} holds 108 bytes with the final zero. */
  private static final int LONGEST_PATH = 107;

  private static final String NAME = "engine.sock";
  private static final SocketOption<UnixDomainPrincipal> PEER = ExtendedSocketOptions.SO_PEERCRED;

  private final Path path;
  private final @Nullable Path shortFolder;
  private ServerSocketChannel server;
  private final Selector selector;

  private WorkerSocket(
      Path path, @Nullable Path shortFolder, ServerSocketChannel server, Selector selector) {
    this.path = path;
    this.shortFolder = shortFolder;
    this.server = server;
    this.selector = selector;
  }

  /**
   * Listens in a folder, or, where that makes too long a path for a socket, in a private folder
   * under {@code /tmp}. A stale socket is replaced.
   *
   * @throws IOException the folder or the socket cannot be made; nothing stays open
   */
  static WorkerSocket listen(Path folder) throws IOException {
    Path path = folder.toAbsolutePath().resolve(NAME);
    Path shortFolder = null;
    if (path.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_PATH) {
      shortFolder = Files.createTempDirectory(Path.of("/tmp"), "airbox-");
      path = shortFolder.resolve(NAME);
    }
    Selector selector = Selector.open();
    try {
      return new WorkerSocket(path, shortFolder, bind(path, selector), selector);
    } catch (IOException failure) {
      try (selector) {
        throw failure;
      }
    }
  }

  private static ServerSocketChannel bind(Path path, Selector selector) throws IOException {
    Files.deleteIfExists(path);
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(UnixDomainSocketAddress.of(path));
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
      server.configureBlocking(false);
      server.register(selector, SelectionKey.OP_ACCEPT);
      return server;
    } catch (IOException failure) {
      try (server) {
        throw new IOException("cannot listen at " + path + ": " + failure, failure);
      }
    }
  }

  /**
   * Makes the socket again if somebody has deleted it, for nobody could connect any more. Called by
   * the thread that accepts.
   */
  void renew() throws IOException {
    if (Files.exists(path)) {
      return;
    }
    Logger.warn("{} was deleted by somebody; making it again", path);
    Path folder = path.getParent();
    if (folder != null) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    server.close();
    server = bind(path, selector);
  }

  Path path() {
    return path;
  }

  /**
   * Waits for the next peer of our own user.
   *
   * @param goOn asked after each {@link #wakeup()} whether waiting makes sense any more
   * @return null when it does not, or when the time is up
   */
  @Nullable SocketChannel accept(Duration timeout, BooleanSupplier goOn) throws IOException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (goOn.getAsBoolean()) {
      long millis = (deadline - System.nanoTime()) / 1_000_000;
      if (millis <= 0) {
        return null;
      }
      selector.select(millis);
      selector.selectedKeys().clear();
      SocketChannel peer = server.accept();
      if (peer != null && ofOurUser(peer)) {
        return peer;
      }
    }
    return null;
  }

  /** Makes {@link #accept} ask again. */
  void wakeup() {
    selector.wakeup();
  }

  private boolean ofOurUser(SocketChannel peer) throws IOException {
    if (!peer.supportedOptions().contains(PEER)) {
      return true; // the folder's permissions have to do
    }
    UserPrincipal user = peer.getOption(PEER).user();
    UserPrincipal owner = Files.getOwner(path);
    if (user.equals(owner)) {
      return true;
    }
    Logger.warn("{} was connected to by {}, who is not {}; turned away", path, user, owner);
    peer.close();
    return false;
  }

  /** Stops listening and removes the socket. */
  @Override
  public void close() throws IOException {
    ServerSocketChannel listening = server;
    try (listening;
        selector) {
      Files.deleteIfExists(path);
      if (shortFolder != null) {
        Files.deleteIfExists(shortFolder);
      }
    }
  }
}
