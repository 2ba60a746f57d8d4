package io.airbox.daemon.cli;

import io.airbox.daemon.telemetry.SampleJson;
import io.airbox.power.Sample;
import io.airbox.power.Ticker;
import io.airbox.power.sampling.Sampler;
import io.airbox.power.sensor.Sensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code airbox telemetry}: what the sensors tell. Reads their files itself, without a daemon. */
@Command(
    name = "telemetry",
    description = "Heat, power and load, by this machine's own sensors.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  airbox telemetry once",
      "  airbox telemetry watch",
      "  airbox telemetry once --json | jq '.readings[\"power.input\"].value'",
      "  airbox telemetry once --sysroot recorded-box"
    })
final class TelemetryCommand implements Runnable {
  /** Somebody waits for this answer alone, so slow files may take their time. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  @Spec private CommandSpec spec;

  private TelemetryCommand() {
    spec = CommandSpec.create();
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say what to do: once or watch");
  }

  /** Which machine. */
  static final class Machine {
    @Option(
        names = "--sysroot",
        paramLabel = "DIR",
        description = "Read the files of a recorded box below this folder.")
    private Path sysroot = Path.of("/");

    Sampler sampler(Output output) {
      if (!Files.isDirectory(sysroot)) {
        throw new CommandFailure(ExitCodes.USAGE, sysroot + " is not a folder (--sysroot)");
      }
      return new Sampler(
          Sensors.of(sysroot, Ticker.SYSTEM),
          Ticker.SYSTEM,
          output.surroundings().clock(),
          PATIENCE);
    }
  }

  @Command(
      name = "once",
      description = "Shows what all sensors tell. Takes two seconds, for rates need two looks.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  airbox telemetry once",
        "  airbox telemetry once --json | jq '.readings[\"temperature.soc\"]'",
        "  airbox telemetry once --sysroot recorded-box"
      })
  int once(@Mixin Machine machine, @Mixin Output output) {
    try (Sampler sampler = machine.sampler(output)) {
      sampler.sample();
      output.surroundings().pauses().pause();
      Sample sample = sampler.sample();
      output.print(SampleJson.of(sample), () -> TelemetryText.of(sample));
      return ExitCodes.DONE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure(ExitCodes.FAILED, "interrupted while the sensors were read", e);
    }
  }

  @Command(
      name = "watch",
      description = "Shows it again every two seconds, until Ctrl+C.",
      footerHeading = "%nExamples:%n",
      footer = {"  airbox telemetry watch", "  airbox telemetry watch --json >> telemetry.jsonl"})
  int watch(@Mixin Machine machine, @Mixin Output output) {
    try (Sampler sampler = machine.sampler(output)) {
      output.surroundings().pauses().repeat(() -> look(sampler, output));
    }
    return ExitCodes.DONE;
  }

  private static void look(Sampler sampler, Output output) {
    try {
      Sample sample = sampler.sample();
      output.again(SampleJson.of(sample), document -> TelemetryText.of(sample));
    } catch (InterruptedException e) {
      // the rest before the next look heeds it
      Thread.currentThread().interrupt();
    }
  }
}
