package io.airbox.daemon.cli;

import io.airbox.daemon.flash.FlashJson;
import io.airbox.flasher.card.CardTarget;
import io.airbox.flasher.card.Ejection;
import io.airbox.flasher.console.HostTrap;
import io.airbox.flasher.console.Port;
import io.airbox.flasher.console.SerialPorts;
import io.airbox.flasher.live.LiveWatch;
import io.airbox.flasher.plan.CardPackage;
import io.airbox.flasher.watch.FlashReport;
import io.airbox.flasher.watch.FlashWatcher;
import io.airbox.flasher.watch.Verdict;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code airbox flash}: card packages, and what became of a flash. Works without a daemon. */
@Command(
    name = "flash",
    description =
        "Flashing a box from an SD card: what a package will do, the card, how it goes, and"
            + " what became of it.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  airbox flash plan sdcard.tgz",
      "  airbox flash prepare sdcard.tgz /media/AIRBOX --eject",
      "  airbox flash watch --package sdcard.tgz",
      "  airbox flash analyze console.log --package sdcard.tgz"
    })
final class FlashCommand implements Runnable {
  private static final int BUFFER = 1 << 16;

  @Spec private CommandSpec spec;

  private FlashCommand() {
    spec = CommandSpec.create();
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "say what to do: plan, prepare, verify, eject, ports, watch or analyze");
  }

  @Command(
      name = "plan",
      description = {
        "Shows what a card package writes where, and everything that is wrong with it.",
        "PACKAGE is a folder, a mounted card, a zip or tar archive, or an image of a card (.img,"
            + " also in gzip or xz). Nothing is unpacked to disk. The exit code is 1 when a flash"
            + " would go wrong."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  airbox flash plan sdcard.tgz",
        "  airbox flash plan /media/AIRBOX --json",
        "  airbox flash plan card.img.xz --quick"
      })
  int plan(
      @Mixin Output output,
      @Mixin Reading reading,
      @Parameters(index = "0", paramLabel = "PACKAGE", description = "Folder or file.")
          Path packagePath) {
    CardPackage card = reading.read(packagePath, output);
    output.print(FlashJson.of(card), () -> FlashText.plan(card));
    return card.usable() ? ExitCodes.DONE : ExitCodes.FAILED;
  }

  @Command(
      name = "prepare",
      description = {
        "Writes a card package to an SD card and reads it back.",
        "TARGET is the folder of a mounted FAT32 card, to which the files are copied; or, on Linux,"
            + " the device of a card, which is written whole with everything on it lost; or the"
            + " name of an image file (.img) for a program that writes cards.",
        "Stopped at any moment, it leaves a card that no box starts from; started again, it keeps"
            + " the files that are on a mounted card already."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  airbox flash prepare sdcard.tgz /media/$USER/AIRBOX --eject",
        "  sudo airbox flash prepare sdcard.tgz /dev/sdb",
        "  airbox flash prepare sdcard.tgz card.img --size 4G",
        "  airbox flash prepare sdcard.tgz /media/AIRBOX --yes /dev/sdb1 --json",
        "",
        "Exit codes: 0 proven, 1 failed or not fit, 2 refused and nothing was changed, 9 nothing is"
            + " wrong but",
        "  not everything could be proven"
      })
  int prepare(
      @Mixin Output output,
      @Parameters(index = "0", paramLabel = "PACKAGE", description = "Folder or file.")
          Path packagePath,
      @Parameters(
              index = "1",
              paramLabel = "TARGET",
              description = "Mounted card, device, or image file.")
          Path target,
      @Option(
              names = "--yes",
              paramLabel = "NAME",
              description = "What would have to be typed: the device's name, or TARGET.")
          @Nullable String yes,
      @Option(
              names = "--size",
              paramLabel = "SIZE",
              converter = ByteSize.class,
              defaultValue = "0",
              description =
                  "Size of the image, or how much of a device is used: 512M, 4G, … By default what"
                      + " the package needs and some room.")
          long size,
      @Option(
              names = "--any-size",
              description = "Also a device of more than 256 GB, which cards hardly have.")
          boolean anySize,
      @Option(names = "--no-verify", description = "Do not read the card back.") boolean noVerify,
      @Option(names = "--eject", description = "Eject the card when all went well.")
          boolean eject) {
    return new CardTalk(output)
        .prepare(packagePath, target, new CardTarget.Wishes(size, anySize), yes, !noVerify, eject);
  }

  @Command(
      name = "verify",
      description = {
        "Reads a card back, past the system's cache, and says whether a flash with it can go right;"
            + " if not, whether card, reader or package is at fault.",
        "TARGET is a mounted card, a device, an image, or anything that a package may be kept in."
            + " With the PACKAGE each file is compared with it."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  airbox flash verify /media/$USER/AIRBOX sdcard.tgz",
        "  sudo airbox flash verify /dev/sdb --json",
        "",
        "Exit codes: 0 proven, 1 not fit, 9 nothing is wrong but not everything could be proven"
      })
  int verify(
      @Mixin Output output,
      @Parameters(
              index = "0",
              paramLabel = "TARGET",
              description = "Mounted card, device, or image file.")
          Path target,
      @Parameters(
              index = "1",
              arity = "0..1",
              paramLabel = "PACKAGE",
              description = "What should be on it.")
          @Nullable Path packagePath,
      @Option(names = "--eject", description = "Eject the card when it is proven.") boolean eject) {
    return new CardTalk(output).verify(target, packagePath, eject);
  }

  @Command(
      name = "eject",
      description = "Unmounts a card and says when it may be taken out.",
      footerHeading = "%nExamples:%n",
      footer = {"  airbox flash eject /media/$USER/AIRBOX", "  airbox flash eject /dev/sdb"})
  int eject(
      @Mixin Output output,
      @Parameters(
              index = "0",
              paramLabel = "TARGET",
              description = "The folder where the card is mounted, or its device.")
          Path target) {
    String said = Ejection.eject(target);
    output.print(FlashJson.ejected(target, said), () -> said);
    return ExitCodes.DONE;
  }

  @Command(
      name = "analyze",
      description = {
        "Reads what a box printed on its serial console while it was flashed, and says what became"
            + " of it.",
        "With the package, every write is held to its plan; without it, a flash that went well is"
            + " unproven, never verified. Blanks and single characters may be missing."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  airbox flash analyze console.log --package sdcard.tgz",
        "  airbox flash analyze console.log --json",
        "  airbox flash analyze - < console.log",
        "",
        "Exit codes: 0 verified, 1 failed, not complete or not begun, 9 came to its end but is"
            + " unproven,",
        "  10 there is no flash in it"
      })
  int analyze(
      @Mixin Output output,
      @Mixin Reading reading,
      @Parameters(
              index = "0",
              paramLabel = "TRANSCRIPT",
              description = "File with the console's bytes; - is standard input.")
          String transcript,
      @Option(
              names = "--package",
              paramLabel = "PACKAGE",
              description = "What is on the card, as for `airbox flash plan`.")
          @Nullable Path packagePath) {
    // a transcript has no times, so time stands still
    InstantSource still = InstantSource.fixed(output.surroundings().clock().instant());
    FlashWatcher watcher =
        packagePath == null
            ? FlashWatcher.withoutPlan(still)
            : FlashWatcher.of(reading.read(packagePath, output), still);
    try (InputStream in =
        transcript.equals("-")
            ? output.surroundings().terminal().input()
            : Files.newInputStream(Path.of(transcript))) {
      byte[] buffer = new byte[BUFFER];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        watcher.accept(buffer, 0, count);
      }
    } catch (NoSuchFileException e) {
      throw new CommandFailure(ExitCodes.USAGE, transcript + ": no such file", e);
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCodes.FAILED, transcript + " cannot be read: " + e.getMessage(), e);
    }
    watcher.end();
    FlashReport report = watcher.report();
    output.print(FlashJson.of(report), () -> FlashText.report(report));
    return exitCode(report.verdict());
  }

  @Command(
      name = "ports",
      description = {
        "Lists the serial ports, the most likely one of a box first, and what on this machine is in"
            + " their way.",
        "The exit code is 1 when no box can be behind any of them."
      },
      footerHeading = "%nExamples:%n",
      footer = {"  airbox flash ports", "  airbox flash ports --json | jq -r '.ports[0].path'"})
  int ports(@Mixin Output output) {
    List<Port> ports = SerialPorts.ofThisMachine().list();
    List<HostTrap> traps =
        HostTrap.lookFor(Path.of("/"), ports.stream().filter(Port::likely).toList());
    JsonArray listed = new JsonArray();
    ports.forEach(port -> listed.add(FlashJson.of(port)));
    JsonArray found = new JsonArray();
    traps.forEach(trap -> found.add(FlashJson.of(trap)));
    output.print(
        new JsonObject().put("ports", listed).put("traps", found),
        () -> FlashText.ports(ports, traps));
    return ports.stream().anyMatch(Port::likely) ? ExitCodes.DONE : ExitCodes.FAILED;
  }

  @Command(
      name = "watch",
      description = {
        "Follows a flash over the box's debug port: each block, how long it will take, what looks"
            + " wrong and is not, what went wrong and what to do.",
        "Start it before you switch the box on; coming in the middle works too. Nothing is sent"
            + " while a flash may go on. At the boot loader's prompt the box is asked whether its"
            + " card is out, and started once if it is. Every byte is kept with its time."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  airbox flash watch --package sdcard.tgz",
        "  airbox flash watch --port /dev/ttyUSB0 --package sdcard.tgz --until flashed",
        "  airbox flash watch --package sdcard.tgz --json | jq -r 'select(.event == \"problem\")'",
        "",
        "Exit codes: 0 verified, 1 failed, not complete or not begun, 6 the port is in use, 7 this"
            + " user",
        "  may not open it, 9 came to its end but is unproven, 10 there was no flash, 130 Ctrl+C"
      })
  int watch(
      @Mixin Output output,
      @Mixin Reading reading,
      @Mixin WatchOptions options,
      @Option(
              names = "--package",
              paramLabel = "PACKAGE",
              description = "What is on the card, as for `airbox flash plan`.")
          @Nullable Path packagePath) {
    InstantSource clock = output.surroundings().clock();
    FlashWatcher watcher =
        packagePath == null
            ? FlashWatcher.withoutPlan(clock)
            : FlashWatcher.of(reading.read(packagePath, output), clock);
    return exitCode(new FlashSession(output, options).watch(watcher).verdict());
  }

  private static int exitCode(Verdict verdict) {
    return switch (verdict) {
      case VERIFIED -> ExitCodes.DONE;
      case COMPLETED -> ExitCodes.UNPROVEN;
      case FAILED, INCOMPLETE, NOT_STARTED -> ExitCodes.FAILED;
      case BOOTED, UNKNOWN -> ExitCodes.NO_FLASH;
    };
  }

  /** What is watched, for how long, and where its bytes are kept. */
  static final class WatchOptions {
    @Option(
        names = "--port",
        paramLabel = "PORT",
        description = "As in `airbox flash ports` (default: the only one a box may be behind).")
    private @Nullable String port;

    @Option(
        names = "--until",
        paramLabel = "END",
        description = "flashed: the end of the flash; booted: the box's login (default).")
    private LiveWatch.Until until = LiveWatch.Until.BOOTED;

    @Option(
        names = "--give-up",
        paramLabel = "SECONDS",
        description = "End after so much silence, once the box was heard (default: 900; 0: never).")
    private int giveUp = (int) QUARTER_HOUR.toSeconds();

    @Option(
        names = "--keep",
        paramLabel = "DIR",
        description = "Folder for transcripts and reports (default: ~/.airbox/flash-reports).")
    private @Nullable Path keep;

    private static final Duration QUARTER_HOUR = Duration.ofMinutes(15);
    private static final Duration RETRY = Duration.ofMillis(500);

    String port(SerialPorts ports) {
      return port == null ? ports.only().path() : port;
    }

    Path keep(Path home) {
      return keep == null ? home.resolve(".airbox/flash-reports") : keep;
    }

    LiveWatch.Settings settings() {
      return new LiveWatch.Settings(
          until, giveUp <= 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(giveUp)), RETRY);
    }
  }

  /** How a package is read. */
  static final class Reading {
    @Option(
        names = "--quick",
        description =
            "Read the scripts only, not every chunk; a damaged chunk is not noticed then.")
    private boolean quick;

    CardPackage read(Path path, Output output) {
      TransferLine line = new TransferLine(output, "package", 0, false);
      try {
        return CardPackage.read(
            path, quick ? CardPackage.Depth.SCRIPTS : CardPackage.Depth.EVERYTHING, line::show);
      } finally {
        line.clear();
      }
    }
  }
}
