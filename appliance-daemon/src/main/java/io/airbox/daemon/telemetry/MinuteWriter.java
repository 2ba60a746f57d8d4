package io.airbox.daemon.telemetry;

import io.airbox.power.history.HistoryFiles;
import io.airbox.power.history.Minute;
import io.airbox.power.history.Span;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * Writes minutes to the disk on a thread of its own, so that a slow disk delays no look at the
 * sensors. A disk that fails costs minutes and nothing else; each new minute tries it again.
 */
final class MinuteWriter implements AutoCloseable {
  /** Minutes that wait for a disk that does not answer. */
  private static final int MOST_WAITING = 10;

  private static final long CLOSE_SECONDS = 3;

  private final Path folder;
  private final long mostBytes;
  private final ThreadPoolExecutor thread;
  private volatile @Nullable HistoryFiles files;
  private volatile @Nullable String flaw;

  MinuteWriter(Path folder, long mostBytes) {
    this.folder = folder;
    this.mostBytes = mostBytes;
    this.thread =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_WAITING),
            task -> {
              Thread made = new Thread(task, "airbox-history");
              made.setDaemon(true);
              return made;
            });
    attempt(this::opened);
  }

  /** An access to the disk. */
  @FunctionalInterface
  private interface Access {
    void run() throws IOException;
  }

  /** Writes it soon. */
  void add(Minute minute) {
    try {
      thread.execute(() -> attempt(() -> opened().add(minute)));
    } catch (RejectedExecutionException e) {
      tell("the disk of " + folder + " has not answered for " + MOST_WAITING + " minutes");
    }
  }

  /**
   * Several readings over a time.
   *
   * @param known minutes that ended at that time or after it are left out
   * @throws IOException a file cannot be read
   */
  Map<String, List<Span>> spans(
      List<String> ids, Instant from, Instant to, Instant known, int parts) throws IOException {
    HistoryFiles open = files;
    return open == null ? Map.of() : open.spans(ids, from, to, known, parts);
  }

  /** Why minutes are not kept; empty while they are. */
  Optional<String> flaw() {
    return Optional.ofNullable(flaw);
  }

  private HistoryFiles opened() throws IOException {
    HistoryFiles open = files;
    if (open == null) {
      open = HistoryFiles.open(folder, mostBytes);
      files = open;
    }
    return open;
  }

  private void attempt(Access access) {
    try {
      access.run();
      if (flaw != null) {
        Logger.info("The history of the sensors is kept again in {}", folder);
      }
      flaw = null;
    } catch (IOException e) {
      tell("the history of the sensors cannot be kept in " + folder + ": " + e.getMessage());
    }
  }

  /** Once, and not each minute. */
  private void tell(String what) {
    if (flaw == null) {
      Logger.warn("{}", what);
    }
    flaw = what;
  }

  @Override
  public void close() throws IOException {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        Logger.warn("{} minutes of the sensors' history are lost", thread.getQueue().size() + 1);
        return; // closing would wait for the same disk
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    HistoryFiles open = files;
    if (open != null) {
      open.close();
    }
  }
}
