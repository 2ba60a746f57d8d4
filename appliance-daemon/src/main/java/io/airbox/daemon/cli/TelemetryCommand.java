package io.airbox.daemon.cli;

import io.airbox.daemon.telemetry.SampleJson;
import io.airbox.power.Sample;
import io.airbox.power.Ticker;
import io.airbox.power.sampling.Sampler;
import io.airbox.power.sensor.Sensors;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code airbox telemetry}: what the sensors tell. A daemon that runs has looked already, and is
 * the one who reads slow files; without one the files are read here.
 */
@Command(
    name = "telemetry",
    description = "Heat, power and load, by the sensors of a box or this machine.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  airbox telemetry once",
      "  airbox telemetry watch --host airbox.local --key-file ~/.airbox/key",
      "  airbox telemetry once --json | jq '.readings[\"power.input\"].value'",
      "  airbox telemetry once --sysroot recorded-box"
    })
final class TelemetryCommand implements Runnable {
  /** Somebody waits for this answer alone, so slow files may take their time. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final String PATH = "/api/v1/telemetry";

  @Spec private CommandSpec spec;

  private TelemetryCommand() {
    spec = CommandSpec.create();
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say what to do: once or watch");
  }

  /** Which machine, and who reads its sensors. */
  static final class Machine {
    @Mixin private DataOptions data;
    @Mixin private ConnectionOptions connection;

    @Option(
        names = "--sysroot",
        paramLabel = "DIR",
        description = "Read the files of a recorded box below this folder, and ask no daemon.")
    private @Nullable Path sysroot;

    Machine() {
      data = new DataOptions();
      connection = new ConnectionOptions();
    }

    Optional<DaemonClient> daemon(Output output) {
      Optional<DaemonClient> daemon =
          sysroot != null
              ? Optional.empty()
              : connection.connect(output.command(), () -> data.load(output.command(), Map.of()));
      if (daemon.isEmpty() && sysroot == null) {
        output.say("no daemon runs here: this reads the sensors itself");
      }
      return daemon;
    }

    Sampler sampler(Output output) {
      Path root = sysroot == null ? Path.of("/") : sysroot;
      if (!Files.isDirectory(root)) {
        throw new CommandFailure(ExitCodes.USAGE, root + " is not a folder (--sysroot)");
      }
      return new Sampler(
          Sensors.of(root, Ticker.SYSTEM), Ticker.SYSTEM, output.surroundings().clock(), PATIENCE);
    }
  }

  @Command(
      name = "once",
      description = {
        "Shows what all sensors tell. Without a daemon it takes two seconds, for rates need two",
        "looks."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  airbox telemetry once",
        "  airbox telemetry once --json | jq '.readings[\"temperature.soc\"]'",
        "  airbox telemetry once --sysroot recorded-box"
      })
  int once(@Mixin Machine machine, @Mixin Output output) {
    Optional<DaemonClient> daemon = machine.daemon(output);
    if (daemon.isPresent()) {
      try (DaemonClient client = daemon.get()) {
        JsonObject told = client.get(PATH);
        output.print(told, () -> TelemetryText.of(told));
      }
      return ExitCodes.DONE;
    }
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
    Optional<DaemonClient> daemon = machine.daemon(output);
    if (daemon.isPresent()) {
      try (DaemonClient client = daemon.get()) {
        output
            .surroundings()
            .pauses()
            .repeat(() -> output.again(client.get(PATH), TelemetryText::of));
      }
      return ExitCodes.DONE;
    }
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
