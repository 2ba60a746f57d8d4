package io.airbox.daemon.cli;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Follows an update to its end, with a bar on a terminal and a few words elsewhere. */
final class InstallWatch {
  private static final Pauses LOOKS = () -> Thread.sleep(500);

  private final ModelDesk desk;
  private final Output output;
  private final ProgressLine line;
  private @Nullable String told;

  InstallWatch(ModelDesk desk, Output output) {
    this.desk = desk;
    this.output = output;
    this.line = new ProgressLine(output.command().commandLine().getErr());
  }

  /**
   * Waits for the end.
   *
   * @param begun what was told when it began
   * @return its entry in the history
   * @throws CommandFailure it is not to be found any more
   * @throws InterruptedException nobody waits any more; it goes on
   */
  JsonObject end(JsonObject begun) throws InterruptedException {
    try {
      while (true) {
        JsonObject now = desk.updates();
        Optional<JsonObject> entry = entry(now, begun);
        if (entry.isPresent()) {
          return entry.get();
        }
        JsonObject underWay = now.getJsonObject("under_way");
        if (underWay == null) {
          throw new CommandFailure(
              ExitCodes.FAILED, "the update is gone; `airbox models history` tells what happened");
        }
        show(underWay);
        LOOKS.pause();
      }
    } finally {
      line.clear();
    }
  }

  private static Optional<JsonObject> entry(JsonObject now, JsonObject begun) {
    return now.getJsonArray("history").stream()
        .map(JsonObject.class::cast)
        .filter(each -> each.getLong("number") > begun.getLong("last"))
        .filter(each -> each.getString("pack").equals(begun.getString("pack")))
        .filter(each -> each.getString("version").equals(begun.getString("version")))
        .findFirst();
  }

  private void show(JsonObject underWay) {
    switch (underWay.getString("phase")) {
      case "fetching" -> line.show(fraction(underWay), text(underWay));
      case "trying" -> tell("the engine tries it");
      default -> tell("it waits: " + Table.harmless(String.valueOf(underWay.getString("why"))));
    }
  }

  private void tell(String what) {
    if (!what.equals(told)) {
      line.clear();
      output.say(what);
      told = what;
    }
  }

  private static double fraction(JsonObject underWay) {
    long all = underWay.getLong("bytes");
    return all == 0 ? 0 : (double) underWay.getLong("bytes_here") / all;
  }

  /** {@code 12.0 MiB of 66.4 MiB, 3.1 MiB/s, 18 s left}. */
  static String text(JsonObject underWay) {
    String text =
        String.format(
            Locale.ROOT,
            "%s of %s",
            FlashText.size(underWay.getLong("bytes_here")),
            FlashText.size(underWay.getLong("bytes")));
    if (underWay.getLong("bytes_per_second") > 0) {
      text += ", " + FlashText.size(underWay.getLong("bytes_per_second")) + "/s";
    }
    Long left = underWay.getLong("seconds_left");
    return left == null ? text : text + ", " + FlashText.time(Duration.ofSeconds(left)) + " left";
  }
}
