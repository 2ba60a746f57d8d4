package io.airbox.flasher.watch;

import io.airbox.flasher.plan.FlashPlan;
import io.airbox.flasher.plan.PlannedWrite;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What a real U-Boot printed in QEMU, and two pieces that an article printed of a real AirBox; and
 * the plan of the card of the former.
 */
public final class Captures {
  /** Time stands still: transcripts have none. */
  static final InstantSource STILL = InstantSource.fixed(Instant.EPOCH);

  public static final FlashPlan PLAN = plan();

  private Captures() {}

  public static byte[] bytes(String name) {
    try (InputStream in =
        Objects.requireNonNull(Captures.class.getResourceAsStream(name + ".console"), name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  public static String text(String name) {
    return new String(bytes(name), StandardCharsets.ISO_8859_1);
  }

  private static FlashPlan plan() {
    List<PlannedWrite> writes = new ArrayList<>();
    try (InputStream in = Objects.requireNonNull(Captures.class.getResourceAsStream("plan.txt"))) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
        if (!line.startsWith("#")) {
          String[] word = line.split(" ");
          writes.add(
              new PlannedWrite(
                  word[0],
                  word[1],
                  word[2],
                  Long.parseLong(word[3]),
                  0x310000000L,
                  0x320000000L,
                  Long.parseLong(word[4]),
                  Long.parseLong(word[5]),
                  Long.parseLong(word[6])));
        }
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return new FlashPlan(writes, List.of(), false, 3_009_159);
  }

  static FlashReport watched(String... texts) {
    return after(FlashWatcher.of(PLAN, STILL), texts).report();
  }

  static FlashReport read(String... texts) {
    return after(FlashWatcher.withoutPlan(STILL), texts).report();
  }

  public static FlashWatcher after(FlashWatcher watcher, String... texts) {
    for (String text : texts) {
      byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
      watcher.accept(bytes, 0, bytes.length);
    }
    watcher.end();
    return watcher;
  }
}
