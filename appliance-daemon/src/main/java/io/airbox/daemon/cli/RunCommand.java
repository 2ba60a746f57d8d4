package io.airbox.daemon.cli;

import io.airbox.daemon.ApplianceDaemon;
import io.airbox.daemon.Places;
import io.airbox.daemon.config.DaemonConfig;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code airbox run}: the daemon. */
@Command(
    name = "run",
    description = "Runs the daemon until it is told to stop, and prints the address of its page.",
    footerHeading = "%nExamples:%n",
    footer = {"  airbox run", "  airbox run --port 9000 --data /srv/airbox"})
final class RunCommand implements Callable<Integer> {
  private static final Duration ORDERLY = Duration.ofSeconds(10);

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Mixin private StorageOptions storage;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "Port of the page and the API (default: 8999; when taken, the next free one).")
  private @Nullable String port;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description = "Address to listen on; loopback only (default: 127.0.0.1).")
  private @Nullable String host;

  private RunCommand() {
    spec = CommandLine.Model.CommandSpec.create();
    storage = new StorageOptions();
  }

  @Override
  public Integer call() throws Exception {
    Map<String, String> flags = new LinkedHashMap<>();
    if (port != null) {
      flags.put("http.port", port);
    }
    if (host != null) {
      flags.put("http.host", host);
    }
    DaemonConfig config = storage.load(spec, flags);
    ApplianceDaemon daemon = new ApplianceDaemon(config, Places.of(config.storage()));
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(daemon, stopped), "shutdown"));
    try {
      daemon.start();
    } catch (Exception e) {
      if (stopped.getCount() == 0) {
        // told to stop before it had started; what failed is only the rest of the start
        return ExitCodes.DONE;
      }
      throw e;
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println("AirBox is at " + daemon.url());
    out.flush();
    stopped.await();
    return ExitCodes.DONE;
  }

  /** Stops in order; a part that hangs does not keep the process alive. */
  private static void stop(ApplianceDaemon daemon, CountDownLatch stopped) {
    stopped.countDown();
    Thread work =
        new Thread(
            () -> {
              try {
                daemon.stop();
              } catch (IllegalStateException e) {
                Logger.error(e, "stopped, but not everything in order");
              }
            },
            "stop");
    work.start();
    try {
      work.join(ORDERLY.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (work.isAlive()) {
      Logger.error("not stopped within {} s, giving up", ORDERLY.toSeconds());
      Runtime.getRuntime().halt(ExitCodes.FAILED);
    }
  }
}
