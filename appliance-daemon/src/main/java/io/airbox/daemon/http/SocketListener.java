package io.airbox.daemon.http;

import io.airbox.daemon.access.Role;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Set;
import org.tinylog.Logger;

/**
 * Listens on a Unix socket. Where others may enter its folder, it is bound in a folder inside that
 * they may not, and moved out only when it has its group and permission: at no time may more open
 * it than shall.
 */
final class SocketListener {
  /** The longest path of a Unix socket that every supported kernel takes. */
  private static final int LONGEST_PATH = 107;

  private static final Set<PosixFilePermission> PRIVATE_FOLDER =
      PosixFilePermissions.fromString("rwx------");

  private final Vertx vertx;
  private final LocalSocket socket;
  private boolean bound;

  SocketListener(Vertx vertx, LocalSocket socket) {
    this.vertx = vertx;
    this.socket = socket;
  }

  /**
   * Listens. A path that is too long and a group that cannot be given are logged, and the daemon
   * goes on without this socket.
   */
  Future<?> listen(HttpServer server) {
    return vertx
        .executeBlocking(this::prepare, false)
        .compose(
            path ->
                tooLong(path)
                    ? Future.succeededFuture()
                    : server
                        .listen(SocketAddress.domainSocketAddress(path.toString()))
                        .compose(up -> vertx.executeBlocking(() -> open(path), false))
                        .compose(opened -> opened ? Future.succeededFuture() : server.close()));
  }

  /** Removes the socket's file. */
  Future<?> close() {
    return bound
        ? vertx.executeBlocking(() -> Files.deleteIfExists(socket.path()), false)
        : Future.succeededFuture();
  }

  /** Where to bind: at its place when nobody else may enter the folder. */
  private Path prepare() throws IOException {
    Path folder = socket.path().toAbsolutePath().getParent();
    Path name = socket.path().getFileName();
    if (folder == null || name == null) {
      throw new IOException(socket.path() + " is not the path of a socket");
    }
    Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(PRIVATE_FOLDER));
    boolean alone = PRIVATE_FOLDER.containsAll(Files.getPosixFilePermissions(folder));
    Path path = alone ? socket.path() : folder.resolve("." + name).resolve("s");
    if (!alone) {
      Path hidden = folder.resolve("." + name);
      Files.createDirectories(hidden);
      Files.setPosixFilePermissions(hidden, PRIVATE_FOLDER);
    }
    Files.deleteIfExists(path);
    return path;
  }

  private boolean tooLong(Path path) {
    boolean tooLong = path.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_PATH;
    if (tooLong) {
      Logger.warn(
          "{} is too long a path for a socket ({} bytes at most): the command line will need --host;"
              + " a shorter --data helps",
          path,
          LONGEST_PATH);
    }
    return tooLong;
  }

  /** Gives the bound socket its group and permission, and moves it to its place. */
  private boolean open(Path path) throws IOException {
    String group = socket.group();
    boolean shared = group != null && give(path, group);
    boolean wanted = shared || socket.role() == Role.OWNER;
    if (wanted) {
      Files.setPosixFilePermissions(
          path, PosixFilePermissions.fromString(shared ? "rw-rw----" : "rw-------"));
      if (!path.equals(socket.path())) {
        Files.deleteIfExists(socket.path());
        Files.move(path, socket.path());
      }
      bound = true;
    } else {
      Files.deleteIfExists(path);
    }
    if (!path.equals(socket.path())) {
      Files.deleteIfExists(path.toAbsolutePath().getParent());
    }
    return wanted;
  }

  private boolean give(Path path, String group) throws IOException {
    try {
      Files.getFileAttributeView(path, PosixFileAttributeView.class)
          .setGroup(
              path.getFileSystem()
                  .getUserPrincipalLookupService()
                  .lookupPrincipalByGroupName(group));
      return true;
    } catch (UserPrincipalNotFoundException e) {
      Logger.error("there is no group {}: {} is not for its members", group, socket.path());
    } catch (IOException e) {
      Logger.error(
          "{} cannot be given to the group {}: the daemon has to be a member of it ({})",
          socket.path(),
          group,
          e.getMessage());
    }
    return false;
  }
}
