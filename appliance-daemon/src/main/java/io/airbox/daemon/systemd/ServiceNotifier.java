package io.airbox.daemon.systemd;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * Tells the service manager how the service does: the datagrams of {@code sd_notify(3)}. They go to
 * the socket that the environment names; without one, nothing is sent and no native library is
 * loaded. What cannot be sent is logged and otherwise ignored: a service that works goes on.
 *
 * <p>Thread-safe. No method blocks, but the first message loads a native library.
 */
public final class ServiceNotifier implements AutoCloseable {
  /** Sends a message; it may arrive later, or not at all. */
  interface Sender extends AutoCloseable {
    void send(byte[] message);

    @Override
    void close();
  }

  /** Makes the sender for a socket: a path, or a name in the abstract namespace after a NUL. */
  @FunctionalInterface
  interface SenderSource {
    Sender open(String socket) throws IOException;
  }

  private final @Nullable String socket;
  private final @Nullable Duration watchdog;
  private final SenderSource source;
  private @Nullable Sender sender;
  private boolean closed;

  private ServiceNotifier(
      @Nullable String socket, @Nullable Duration watchdog, SenderSource source) {
    this.socket = socket;
    this.watchdog = watchdog;
    this.source = source;
  }

  /** A notifier that has nobody to tell. */
  public static ServiceNotifier silent() {
    return new ServiceNotifier(null, null, EpollSender::open);
  }

  /**
   * The notifier for this process.
   *
   * @param environment {@code NOTIFY_SOCKET}, {@code WATCHDOG_USEC} and {@code WATCHDOG_PID}, as
   *     the service manager sets them
   */
  public static ServiceNotifier of(Map<String, String> environment) {
    return of(environment, ProcessHandle.current().pid(), EpollSender::open);
  }

  static ServiceNotifier of(Map<String, String> environment, long pid, SenderSource source) {
    String address = environment.getOrDefault("NOTIFY_SOCKET", "");
    if (address.isEmpty()) {
      return silent();
    }
    if (!address.startsWith("/") && !address.startsWith("@")) {
      Logger.warn("NOTIFY_SOCKET={} is neither a path nor an abstract name: ignored", address);
      return silent();
    }
    String socket = address.startsWith("@") ? "\0" + address.substring(1) : address;
    return new ServiceNotifier(socket, watchdog(environment, pid), source);
  }

  private static @Nullable Duration watchdog(Map<String, String> environment, long pid) {
    String limit = environment.getOrDefault("WATCHDOG_USEC", "");
    String meant = environment.getOrDefault("WATCHDOG_PID", "");
    if (limit.isEmpty() || !(meant.isEmpty() || meant.equals(Long.toString(pid)))) {
      return null;
    }
    try {
      long microseconds = Long.parseLong(limit);
      if (microseconds > 0) {
        return Duration.of(microseconds, ChronoUnit.MICROS);
      }
    } catch (NumberFormatException e) {
      Logger.trace(e, "not a number");
    }
    Logger.warn("WATCHDOG_USEC={} is not a positive number: no watchdog", limit);
    return null;
  }

  /**
   * The service is still starting, and the manager is to wait for it that much longer.
   *
   * @param step what it does now
   * @param patience how long that may take
   */
  public void starting(String step, Duration patience) {
    send("EXTEND_TIMEOUT_USEC=" + microseconds(patience) + "\n" + status("starting: " + step));
  }

  /** The service works. */
  public void ready(String status) {
    send("READY=1\n" + status(status));
  }

  /** The service has begun to stop. */
  public void stopping() {
    send("STOPPING=1\n" + status("stopping"));
  }

  /**
   * Lets something that must not hang say regularly that it lives. Nothing happens when the manager
   * does not watch.
   *
   * @param scheduler is given the pause between two signs of life and the task that sends one; the
   *     task must run where a hang is to be noticed, such as on the event loop that serves HTTP
   */
  public void watch(BiConsumer<Duration, Runnable> scheduler) {
    if (watchdog != null) {
      // one sign may be lost and the next one late
      scheduler.accept(watchdog.dividedBy(3), () -> send("WATCHDOG=1"));
    }
  }

  private static String status(String text) {
    return "STATUS=" + text.replace('\n', ' ');
  }

  private static long microseconds(Duration duration) {
    return duration.toNanos() / 1000;
  }

  private synchronized void send(String message) {
    if (socket == null || closed) {
      return;
    }
    try {
      Sender open = sender;
      if (open == null) {
        open = source.open(socket);
        sender = open;
      }
      open.send(message.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      closed = true; // it would fail the same way each time
      Logger.error("the service manager cannot be told anything: {}", e.getMessage());
    }
  }

  /** Sends what is on its way and ends. Closing twice is allowed. */
  @Override
  public synchronized void close() {
    closed = true;
    Sender open = sender;
    sender = null;
    if (open != null) {
      open.close();
    }
  }
}
