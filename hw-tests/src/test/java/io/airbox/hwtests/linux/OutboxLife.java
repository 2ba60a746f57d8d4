package io.airbox.hwtests.linux;

import io.airbox.power.outbox.Outbox;
import io.airbox.power.outbox.OutboxRecord;
import io.airbox.power.outbox.Priority;
import io.airbox.power.outbox.Taken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Runs in the Linux double, on the classes of the installed distribution. Arguments: {@code write
 * FOLDER COUNT} adds that many records, a hundred with each flush, and then one by one without an
 * end; {@code read FOLDER} takes what is there. Both print how many there are, the first each time
 * that more of them are promised.
 */
public final class OutboxLife {
  private static final long MUST_ARRIVE_BYTES = 256L << 20;
  private static final long NEWEST_BYTES = 1 << 20;
  private static final int AT_ONCE = 100;

  private OutboxLife() {}

  public static void main(String... arguments) throws IOException {
    try (Outbox outbox = Outbox.open(Path.of(arguments[1]), MUST_ARRIVE_BYTES, NEWEST_BYTES)) {
      if (arguments[0].equals("write")) {
        write(outbox, Integer.parseInt(arguments[2]));
      } else {
        read(outbox);
      }
    }
  }

  private static OutboxRecord record(int number) {
    byte[] content =
        ("{\"number\":" + number + ",\"padding\":\"" + "·".repeat(150) + "\"}")
            .getBytes(StandardCharsets.UTF_8);
    return new OutboxRecord(
        "r" + number, Priority.MUST_ARRIVE, "test", Instant.ofEpochMilli(number), content);
  }

  private static void write(Outbox outbox, int count) throws IOException {
    for (int i = 0; i < count; i += AT_ONCE) {
      List<OutboxRecord> records = new ArrayList<>();
      for (int j = 0; j < AT_ONCE; j++) {
        records.add(record(i + j));
      }
      outbox.add(records);
    }
    System.out.println("promised " + count + ".");
    for (int i = count; ; i++) {
      outbox.add(record(i));
      System.out.println("promised " + (i + 1) + ".");
    }
  }

  /** All have to be there in their order, as they were. */
  private static void read(Outbox outbox) {
    int count = 0;
    List<Taken> taken = outbox.take(AT_ONCE);
    while (!taken.isEmpty()) {
      for (Taken each : taken) {
        OutboxRecord wanted = record(count++);
        OutboxRecord found = each.content();
        if (!found.id().equals(wanted.id())
            || !found.at().equals(wanted.at())
            || !Arrays.equals(found.content(), wanted.content())) {
          System.out.println("wrong: " + found.id() + " instead of " + wanted.id());
          return;
        }
      }
      outbox.done(taken);
      taken = outbox.take(AT_ONCE);
    }
    System.out.println("there " + count + ".");
  }
}
