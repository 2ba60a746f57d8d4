package io.airbox.daemon.cli;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;

/** How far reading or writing a card is, with speed and time left; about once a second. */
final class TransferLine {
  private static final Duration BETWEEN = Duration.ofSeconds(1);

  private final Output output;
  private final boolean events;
  private final ProgressLine line;
  private final InstantSource clock;
  private final String what;
  private final long total;
  private final Instant began;
  private Instant next;

  /**
   * Begins.
   *
   * @param what is done: {@code write}, {@code verify}, …
   * @param total number of bytes; 0 when nobody knows
   * @param events whether it is told as a line of JSON, not as a line for people
   */
  TransferLine(Output output, String what, long total, boolean events) {
    this.output = output;
    this.events = events;
    this.what = what;
    this.total = total;
    line = new ProgressLine(output.command().commandLine().getErr());
    clock = output.surroundings().clock();
    began = clock.instant();
    next = began;
  }

  /** Tells how far it is; by any thread. */
  synchronized void show(String file, long bytes) {
    Instant now = clock.instant();
    if (now.isBefore(next)) {
      return;
    }
    next = now.plus(BETWEEN);
    double seconds = Math.max(1e-3, Duration.between(began, now).toNanos() / 1e9);
    double speed = bytes / seconds;
    long left = speed > 0 && total > 0 ? Math.round(Math.max(0, total - bytes) / speed) : -1;
    if (events) {
      output.event(
          new JsonObject()
              .put("event", "progress")
              .put("step", what)
              .put("file", file)
              .put("bytes", bytes)
              .put("total", total > 0 ? total : null)
              .put("bytesPerSecond", Math.round(speed))
              .put("secondsLeft", left < 0 ? null : left));
      return;
    }
    String text =
        String.format(
            Locale.ROOT,
            "%s  %.1f MB/s%s  %s",
            what,
            speed / 1e6,
            left < 0 || now.equals(began) ? "" : "  " + time(left) + " left",
            Table.harmless(file));
    if (total > 0) {
      line.show(Math.min(1, bytes / (double) total), text);
    } else {
      line.note(FlashText.size(bytes) + "  " + text);
    }
  }

  private static String time(long seconds) {
    return String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60);
  }

  /** Wipes the line. */
  void clear() {
    line.clear();
  }
}
