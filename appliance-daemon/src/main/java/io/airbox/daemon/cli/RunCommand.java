package io.airbox.daemon.cli;

import io.airbox.daemon.ApplianceDaemon;
import io.airbox.daemon.Places;
import io.airbox.daemon.access.ClaimAnnouncer;
import io.airbox.daemon.access.ClaimOffer;
import io.airbox.daemon.config.DaemonConfig;
import io.airbox.daemon.systemd.ServiceNotifier;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
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
      names = "--https-port",
      paramLabel = "N",
      description = "Port of the same over HTTPS (default: 8443; when taken, the next free one).")
  private @Nullable String httpsPort;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description =
          "Address to listen on: 0.0.0.0 for the whole network (default: 127.0.0.1, this machine"
              + " only).")
  private @Nullable String host;

  @Option(
      names = "--sysroot",
      paramLabel = "DIR",
      description =
          "What stands before every path of the system that is read: a recorded box (default: /).")
  private @Nullable String sysroot;

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
    if (httpsPort != null) {
      flags.put("https.port", httpsPort);
    }
    if (host != null) {
      flags.put("http.host", host);
    }
    if (sysroot != null) {
      flags.put("sysroot", sysroot);
    }
    DaemonConfig config = storage.load(spec, flags);
    Console console = new Console(spec.commandLine().getOut());
    ApplianceDaemon daemon =
        new ApplianceDaemon(
            config, Places.of(config.storage()), ServiceNotifier.of(System.getenv()), console);
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
    console.started(daemon);
    stopped.await();
    return ExitCodes.DONE;
  }

  /** What whoever is at the machine reads: where the page is, and how to become its owner. */
  private static final class Console implements ClaimAnnouncer {
    private final PrintWriter out;
    private boolean started;
    private @Nullable ClaimOffer offer;

    private Console(PrintWriter out) {
      this.out = out;
    }

    @Override
    public synchronized void announce(ClaimOffer now) {
      offer = now;
      if (started) {
        printOffer(now);
      }
    }

    synchronized void started(ApplianceDaemon daemon) {
      started = true;
      daemon.urls().forEach(url -> out.println("AirBox is at " + url));
      if (offer != null) {
        printOffer(offer);
      }
      out.flush();
      daemon.httpsUrls().thenAccept(urls -> printHttps(urls, daemon));
    }

    private synchronized void printHttps(List<String> urls, ApplianceDaemon daemon) {
      urls.forEach(url -> out.println("HTTPS is at " + url));
      if (!urls.isEmpty()) {
        daemon
            .certificate()
            .ifPresent(
                certificate -> {
                  out.println("Certificate SHA-256: " + certificate.sha256());
                  out.println("Public key SHA-256: " + certificate.publicKeySha256());
                });
      }
      out.flush();
    }

    private void printOffer(ClaimOffer now) {
      out.println(
          "Claim code: "
              + now.code()
              + " (until "
              + now.expires().truncatedTo(ChronoUnit.SECONDS)
              + "): whoever enters it on the page, or after `airbox claim`, owns this AirBox");
      out.flush();
    }
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
