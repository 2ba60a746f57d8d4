package io.airbox.daemon.cli;

import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code airbox access}: what people without a key may do. */
@Command(
    name = "access",
    description = "Shows or sets whether guests, people without key or passphrase, make pictures.",
    footerHeading = "%nExamples:%n",
    footer = {"  airbox access", "  airbox access --guests off"})
final class AccessCommand implements Callable<Integer> {
  private static final String PATH = "/api/v1/access";

  /** A switch. */
  enum Switch {
    ON,
    OFF
  }

  @Mixin private DaemonOptions daemon;
  @Mixin private Output output;

  @Option(
      names = "--guests",
      paramLabel = "on|off",
      description = "Whether guests may make pictures.")
  private @Nullable Switch guests;

  private AccessCommand() {
    daemon = new DaemonOptions();
    output = new Output();
  }

  @Override
  public Integer call() {
    try (DaemonClient client = daemon.connect(output)) {
      JsonObject access =
          guests == null
              ? client.get(PATH)
              : client.put(PATH, new JsonObject().put("guests", guests == Switch.ON));
      output.print(
          access,
          () -> new Table().row("guests", access.getBoolean("guests") ? "on" : "off").toString());
    }
    return ExitCodes.DONE;
  }
}
