package io.airbox.power.mqtt;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** Debian's Mosquitto on a free port of the loopback, which can be stopped and started again. */
public final class Mosquitto implements AutoCloseable {
  private static final long START_NANOS = TimeUnit.SECONDS.toNanos(20);

  private final Path folder;
  private final int port;
  private final String scheme;
  private Process process;

  private Mosquitto(Path folder, int port, String scheme) {
    this.folder = folder;
    this.port = port;
    this.scheme = scheme;
  }

  /**
   * Starts one that keeps sessions over its restarts.
   *
   * @param folder an empty one of its own
   * @param options lines of its configuration, first those about the listener and who may use it
   */
  public static Mosquitto start(Path folder, String... options) throws Exception {
    boolean tls = Arrays.stream(options).anyMatch(each -> each.startsWith("certfile"));
    Mosquitto broker = new Mosquitto(folder, freePort(), tls ? "ssl" : "tcp");
    Files.createDirectories(folder.resolve("db"));
    StringBuilder config = new StringBuilder();
    config.append("listener ").append(broker.port).append(" 127.0.0.1\n");
    for (String option : options) {
      config.append(option).append('\n');
    }
    if (Arrays.stream(options).noneMatch(each -> each.startsWith("allow_anonymous"))) {
      config.append("allow_anonymous true\n");
    }
    config.append("persistence true\n");
    if (Arrays.stream(options).noneMatch(each -> each.startsWith("autosave_interval"))) {
      config.append("autosave_interval 1\nautosave_on_changes true\n");
    }
    config.append("max_queued_messages 0\nmax_inflight_messages 0\n");
    config.append("persistence_location ").append(folder.resolve("db")).append("/\n");
    config.append("log_dest file ").append(folder.resolve("log")).append('\n');
    if ("root".equals(System.getProperty("user.name"))) {
      config.append("user root\n");
    }
    Files.writeString(folder.resolve("conf"), config);
    broker.start();
    return broker;
  }

  /** A port of the loopback where nobody listens now. */
  public static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  public URI uri() {
    return URI.create(scheme + "://127.0.0.1:" + port);
  }

  public void start() throws Exception {
    process =
        new ProcessBuilder(program(), "-c", folder.resolve("conf").toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("out").toFile())
            .start();
    long end = System.nanoTime() + START_NANOS;
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
        return;
      } catch (IOException e) {
        if (!process.isAlive() || System.nanoTime() - end > 0) {
          throw new IOException(
              "mosquitto does not start: " + Files.readString(folder.resolve("out")), e);
        }
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }
  }

  private static String program() {
    return Files.isExecutable(Path.of("/usr/sbin/mosquitto")) ? "/usr/sbin/mosquitto" : "mosquitto";
  }

  /** Ends it in order; sessions and retained messages are kept. */
  public void stop() throws InterruptedException {
    process.destroy();
    process.waitFor();
  }

  /** The one that was started last. */
  public ProcessHandle handle() {
    return process.toHandle();
  }

  public void signal(String signal) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
  }

  public String log() throws IOException {
    return Files.readString(folder.resolve("log"));
  }

  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }
}
