package io.airbox.hwtests;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The daemon as a user starts it: the distribution's {@code airbox run}, in a process of its own.
 */
public final class DaemonProcess implements AutoCloseable {
  private static final Pattern ADDRESS = Pattern.compile("AirBox is at (http://\\S+)");
  private static final Duration START = Duration.ofSeconds(90);
  private static final Duration STOP = Duration.ofSeconds(20);

  private final Process process;
  private final CompletableFuture<URI> address = new CompletableFuture<>();
  private final List<String> output = new ArrayList<>();

  private DaemonProcess(Process process) {
    this.process = process;
    Thread reader = new Thread(this::readOutput, "daemon-output");
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts a daemon on a free port and waits until it has printed its address. */
  public static DaemonProcess start(Path data) {
    return start(data, 0);
  }

  /** Starts a daemon on this port and waits until it has printed its address. */
  public static DaemonProcess start(Path data, int port) {
    return start(data, Map.of("http.port", String.valueOf(port)), List.of());
  }

  /**
   * Starts a daemon and waits until it has printed its address.
   *
   * @param settings that differ from the defaults, as {@code airbox.properties} names them
   * @param within a command line that runs the daemon's, such as {@code unshare -n}; empty for none
   */
  public static DaemonProcess start(Path data, Map<String, String> settings, List<String> within) {
    return start(data, settings, Map.of(), within);
  }

  /**
   * Starts a daemon and waits until it has printed its address.
   *
   * @param settings that differ from the defaults, as {@code airbox.properties} names them
   * @param environment variables that are none of its settings
   * @param within a command line that runs the daemon's; empty for none
   */
  public static DaemonProcess start(
      Path data,
      Map<String, String> settings,
      Map<String, String> environment,
      List<String> within) {
    Path program = Checkout.path("appliance-daemon/target/airbox/bin/airbox");
    List<String> command = new ArrayList<>(within);
    command.addAll(List.of(program.toString(), "run", "--data", data.toString()));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    settings.forEach(
        (key, value) ->
            builder
                .environment()
                .put("AIRBOX_" + key.replace('.', '_').toUpperCase(Locale.ROOT), value));
    DaemonProcess daemon;
    try {
      daemon = new DaemonProcess(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(program + " did not start; is appliance-daemon packaged?", e);
    }
    daemon.await();
    return daemon;
  }

  /** The page's address, with a slash at its end. */
  public URI address() {
    return address.join();
  }

  /** The daemon's process. */
  public ProcessHandle handle() {
    return process.toHandle();
  }

  /** What the daemon has printed so far. */
  public String output() {
    synchronized (output) {
      return String.join("\n", output);
    }
  }

  /** Asks the daemon to stop, as systemd does, and waits until it has. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(
            "the daemon did not stop within " + STOP + ":\n" + output());
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private void await() {
    try {
      address.get(START.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      process.destroyForcibly();
      throw new IllegalStateException("the daemon printed no address:\n" + output(), e);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the daemon started", e);
    }
  }

  private void readOutput() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        synchronized (output) {
          output.add(line);
        }
        Matcher matcher = ADDRESS.matcher(line);
        if (matcher.find()) {
          address.complete(URI.create(matcher.group(1)));
        }
      }
    } catch (IOException e) {
      // the process is gone, and its output with it
    }
    address.completeExceptionally(new IllegalStateException("the daemon has ended"));
  }
}
