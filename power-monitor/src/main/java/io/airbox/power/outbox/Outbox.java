package io.airbox.power.outbox;

import io.airbox.power.storage.SegmentFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Records that wait to be sent, on the disk and within a size. A crash or power cut at any point
 * loses no record that {@link #add} has returned for, and may bring back, under its id, one that
 * arrived just before.
 *
 * <p>One process uses a folder; any of its threads may call. Adding flushes to the disk, so it
 * blocks for as long as that takes.
 */
public final class Outbox implements AutoCloseable {
  private final Map<Priority, RecordLog> logs = new EnumMap<>(Priority.class);
  private Runnable listener = () -> {};
  private long refused;
  private String fault = "";

  private Outbox() {}

  /**
   * Opens the outbox in a folder, which is made when there is none.
   *
   * @param mustArriveBytes of files with what must arrive; half of it may be waiting. While they
   *     are written anew they may have half as much again
   * @param newestBytes of files with measurements
   * @throws IOException nothing was lost
   */
  public static Outbox open(Path folder, long mustArriveBytes, long newestBytes)
      throws IOException {
    Outbox outbox = new Outbox();
    try {
      outbox.open(folder, Priority.MUST_ARRIVE, mustArriveBytes);
      outbox.open(folder, Priority.NEWEST, newestBytes);
    } catch (IOException e) {
      for (RecordLog log : outbox.logs.values()) {
        log.close();
      }
      throw e;
    }
    return outbox;
  }

  private void open(Path folder, Priority priority, long mostBytes) throws IOException {
    SegmentFolder segments = new SegmentFolder(folder.resolve(priority.id()), "records");
    logs.put(priority, new RecordLog(segments, priority, mostBytes));
  }

  /** Called after each add, by the thread that added; it must not block. */
  public synchronized void onAdd(Runnable called) {
    listener = called;
  }

  /**
   * Adds a record; it is on the disk when this returns.
   *
   * @return false when one with its id waits already
   * @throws OutboxFullException nothing was changed; only of what must arrive, or what is larger
   *     than a sixteenth of all
   * @throws IOException it may or may not be there after the next start
   */
  public boolean add(OutboxRecord record) throws IOException {
    return add(List.of(record)) == 1;
  }

  /**
   * Adds records of one priority with one flush of the disk.
   *
   * @return how many of them were new
   */
  public int add(List<OutboxRecord> records) throws IOException {
    if (records.isEmpty()) {
      return 0;
    }
    Priority priority = records.get(0).priority();
    if (records.stream().anyMatch(each -> each.priority() != priority)) {
      throw new IllegalArgumentException("records of one priority, please");
    }
    int added;
    Runnable called;
    synchronized (this) {
      try {
        added = log(priority).add(records);
        fault = "";
      } catch (OutboxFullException e) {
        refused += records.size();
        throw e;
      } catch (IOException e) {
        fault = "cannot be written: " + e.getMessage();
        throw e;
      }
      called = listener;
    }
    if (added > 0) {
      called.run();
    }
    return added;
  }

  /**
   * The next ones to send: first what must arrive, then measurements, each in the order in which
   * they were added. They are on their way until {@link #done} or {@link #giveBack}.
   */
  public synchronized List<Taken> take(int most) {
    List<Taken> taken = new ArrayList<>(log(Priority.MUST_ARRIVE).take(most));
    taken.addAll(log(Priority.NEWEST).take(most - taken.size()));
    return taken;
  }

  /** They have arrived and go. */
  public synchronized void done(Collection<Taken> arrived) {
    for (Priority priority : Priority.values()) {
      try {
        log(priority)
            .done(
                arrived.stream()
                    .filter(each -> each.content().priority() == priority)
                    .map(Taken::number)
                    .toList());
      } catch (IOException e) {
        fault = "cannot be written: " + e.getMessage();
      }
    }
  }

  /**
   * All that are on their way are to be sent again, for the connection is gone; all that wait are
   * late.
   */
  public synchronized void giveBack() {
    logs.values().forEach(RecordLog::giveBack);
  }

  /** How it does. */
  public synchronized OutboxState state() {
    return new OutboxState(
        log(Priority.MUST_ARRIVE).size(),
        log(Priority.NEWEST).size(),
        log(Priority.MUST_ARRIVE).bytes() + log(Priority.NEWEST).bytes(),
        log(Priority.NEWEST).dropped(),
        refused,
        log(Priority.MUST_ARRIVE).damaged() + log(Priority.NEWEST).damaged(),
        fault);
  }

  private RecordLog log(Priority priority) {
    RecordLog log = logs.get(priority);
    if (log == null) {
      throw new IllegalStateException("each priority has a log");
    }
    return log;
  }

  @Override
  public synchronized void close() throws IOException {
    for (RecordLog log : logs.values()) {
      log.close();
    }
  }
}
