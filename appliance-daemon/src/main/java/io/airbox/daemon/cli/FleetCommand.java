package io.airbox.daemon.cli;

import io.airbox.power.Ticker;
import io.airbox.power.mqtt.FleetWatcher;
import io.airbox.power.mqtt.Layout;
import io.airbox.power.mqtt.MqttSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code airbox fleet}: many boxes, by what they tell their broker. */
@Command(
    name = "fleet",
    description = "Many boxes, by what they tell their MQTT broker.",
    footerHeading = "%nExamples:%n",
    footer = {"  airbox fleet watch --broker tcp://broker.lan:1883"})
final class FleetCommand implements Runnable {
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(30);

  @Spec private CommandSpec spec;

  private FleetCommand() {
    spec = CommandSpec.create();
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say what to do: watch");
  }

  /** Which broker, and as whom. */
  static final class Broker {
    @Option(
        names = "--broker",
        paramLabel = "URL",
        required = true,
        description = "The broker: tcp://HOST:PORT or ssl://HOST:PORT.")
    private URI url = URI.create("tcp://localhost:1883");

    @Option(names = "--user", paramLabel = "NAME", description = "User for the broker.")
    private @Nullable String user;

    @Option(
        names = "--password-file",
        paramLabel = "FILE",
        description = "File with the user's password in its first line.")
    private @Nullable Path passwordFile;

    @Option(
        names = "--authority",
        paramLabel = "FILE",
        description = "Certificates in PEM that the broker's must go back to.")
    private @Nullable Path authority;

    @Option(
        names = "--certificate",
        paramLabel = "FILE",
        description = "Own certificate in PEM, for brokers that ask for one.")
    private @Nullable Path certificate;

    @Option(
        names = "--certificate-key",
        paramLabel = "FILE",
        description = "Its key in PEM, PKCS #8.")
    private @Nullable Path key;

    MqttSettings settings() {
      if (!("tcp".equals(url.getScheme()) || "ssl".equals(url.getScheme())) || url.getPort() < 0) {
        throw new CommandFailure(
            ExitCodes.USAGE, url + " is no broker: write tcp://HOST:PORT or ssl://HOST:PORT");
      }
      if ((certificate == null) != (key == null)) {
        throw new CommandFailure(
            ExitCodes.USAGE, "--certificate and --certificate-key go together");
      }
      return new MqttSettings(
          url,
          Set.of(Layout.JSON),
          "fleet",
          "watch",
          Optional.ofNullable(user),
          Optional.ofNullable(passwordFile),
          Optional.ofNullable(authority),
          Optional.ofNullable(certificate),
          Optional.ofNullable(key),
          KEEP_ALIVE,
          KEEP_ALIVE,
          Optional.empty(),
          "homeassistant");
    }
  }

  @Command(
      name = "watch",
      description = "Shows all boxes every two seconds, until Ctrl+C.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  airbox fleet watch --broker tcp://broker.lan:1883",
        "  airbox fleet watch --broker ssl://broker.lan:8883 --user ops --password-file pw"
            + " --authority ca.pem",
        "  airbox fleet watch --broker tcp://broker.lan:1883 --json | jq -c '.boxes[] |"
            + " select(.online | not)'"
      })
  int watch(@Mixin Broker broker, @Mixin Output output) {
    try (FleetWatcher watcher = FleetWatcher.open(broker.settings(), Ticker.SYSTEM)) {
      output.surroundings().pauses().repeat(() -> look(watcher, output));
    } catch (IOException e) {
      throw new CommandFailure(ExitCodes.UNREACHABLE, String.valueOf(e.getMessage()), e);
    }
    return ExitCodes.DONE;
  }

  private static void look(FleetWatcher watcher, Output output) {
    try {
      watcher.keepUp();
    } catch (IOException e) {
      output.say("the broker is away, so nothing here is of now: " + e.getMessage());
    }
    output.again(FleetText.document(watcher.boxes()), FleetText::of);
  }
}
