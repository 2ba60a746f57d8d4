package io.airbox.helper;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** The helper inside the test's process, one connection after the other, on a machine of files. */
public final class HelperOnSocket implements AutoCloseable {
  private final TestMachine box;
  private final Path socket;
  private final ServerSocketChannel server;
  private final Set<UserPrincipal> callers;

  /** Serves on {@code folder/helper.sock}, for the user of this process. */
  public HelperOnSocket(Path folder) throws IOException {
    box = new TestMachine(folder.resolve("root"));
    socket = folder.resolve("helper.sock");
    callers = Set.of(Files.getOwner(box.root));
    server =
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
            .bind(UnixDomainSocketAddress.of(socket));
    Thread thread = new Thread(this::serve, "helper");
    thread.setDaemon(true);
    thread.start();
  }

  private void serve() {
    Session session =
        new Session(
            callers,
            box.machine,
            new Journal(new PrintStream(PrintStream.nullOutputStream())),
            Duration.ofSeconds(20));
    try {
      while (true) {
        try (SocketChannel accepted = server.accept()) {
          session.serve(accepted);
        }
      }
    } catch (ClosedChannelException e) {
      return;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  public Path socket() {
    return socket;
  }

  /** A file of the machine. */
  public String text(String path) throws IOException {
    return box.text(path);
  }

  /** How programs were called, in order. */
  public List<String> calls() {
    return box.calls();
  }

  /** Lets every program fail, saying this. */
  public void breakDown(String message) throws IOException {
    for (Program program : Program.values()) {
      box.script(program, "echo '" + message + "' >&2; exit 1");
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
