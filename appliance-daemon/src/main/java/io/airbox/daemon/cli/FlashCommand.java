package io.airbox.daemon.cli;

import io.airbox.daemon.flash.FlashJson;
import io.airbox.flasher.plan.CardPackage;
import io.airbox.flasher.watch.FlashReport;
import io.airbox.flasher.watch.FlashWatcher;
import io.airbox.flasher.watch.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
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
    description = "Flashing a box from an SD card: what a package will do, and what became of it.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  airbox flash plan sdcard.tgz",
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
    throw new ParameterException(spec.commandLine(), "say what to do: plan or analyze");
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

  private static int exitCode(Verdict verdict) {
    return switch (verdict) {
      case VERIFIED -> ExitCodes.DONE;
      case COMPLETED -> ExitCodes.UNPROVEN;
      case FAILED, INCOMPLETE, NOT_STARTED -> ExitCodes.FAILED;
      case BOOTED, UNKNOWN -> ExitCodes.NO_FLASH;
    };
  }

  /** How a package is read. */
  static final class Reading {
    @Option(
        names = "--quick",
        description =
            "Read the scripts only, not every chunk; a damaged chunk is not noticed then.")
    private boolean quick;

    CardPackage read(Path path, Output output) {
      ProgressLine line = new ProgressLine(output.command().commandLine().getErr());
      try {
        return CardPackage.read(
            path,
            quick ? CardPackage.Depth.SCRIPTS : CardPackage.Depth.EVERYTHING,
            (file, bytes) -> line.note(FlashText.size(bytes) + "  " + Table.harmless(file)));
      } finally {
        line.clear();
      }
    }
  }
}
