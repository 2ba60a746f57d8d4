package io.airbox.daemon.telemetry;

import io.airbox.power.alarm.Alarm;
import io.airbox.power.alarm.AlarmBook;
import io.airbox.power.alarm.AlarmEvent;
import io.airbox.power.alarm.Severity;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.tinylog.Logger;

/**
 * Raises and clears alarms, on a thread of its own, for they are on the disk before anybody hears
 * of them: a slow disk delays no look at the sensors. Each is told to the journal and to whoever
 * takes them; while nobody does, the journal is enough.
 */
public final class AlarmDesk implements Telemetry.Listener, AutoCloseable {
  /** Looks that wait for the disk; older ones are passed over. */
  private static final int MOST_WAITING = 4;

  private final AlarmBook book;
  private final List<Taker> takers = new CopyOnWriteArrayList<>();
  private final ThreadPoolExecutor thread;

  /** Takes alarms over. */
  @FunctionalInterface
  public interface Taker {
    /** Told on the desk's thread; settles the event in the book once it is in good hands. */
    void told(AlarmEvent event);
  }

  /** A desk without takers. */
  public AlarmDesk(AlarmBook book) {
    this.book = book;
    this.thread =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_WAITING),
            task -> {
              Thread made = new Thread(task, "airbox-alarms");
              made.setDaemon(true);
              return made;
            },
            new ThreadPoolExecutor.DiscardOldestPolicy());
  }

  /** Tells of each event from now on; those of the last run are in {@link AlarmBook#unsettled}. */
  public void hand(Taker taker) {
    takers.add(taker);
  }

  /** The book, to settle events. */
  public AlarmBook book() {
    return book;
  }

  /** The alarms of now. */
  public List<Alarm> active() {
    return book.active();
  }

  /** Why the disk does not hold what it should; empty while it does. */
  public Optional<String> flaw() {
    return book.fault();
  }

  @Override
  public void looked(Telemetry.Look look) {
    thread.execute(() -> observe(look));
  }

  private void observe(Telemetry.Look look) {
    for (AlarmEvent event : book.observe(look.sample(), look.heat())) {
      tell(event);
      for (Taker taker : takers) {
        try {
          taker.told(event);
        } catch (RuntimeException e) {
          Logger.error(e, "The alarm {} could not be handed on", event.id());
        }
      }
    }
    if (takers.isEmpty()) {
      book.settle(book.unsettled().stream().map(AlarmEvent::id).toList());
    }
  }

  private static void tell(AlarmEvent event) {
    Alarm alarm = event.alarm();
    String process = alarm.process().isEmpty() ? "" : ", by " + alarm.process();
    if (!event.raised()) {
      Logger.info("Alarm {} is over: {}", alarm.id(), event.reason());
    } else if (alarm.severity() == Severity.CRITICAL) {
      Logger.error("Alarm {}: {}{}", alarm.id(), event.reason(), process);
    } else {
      Logger.warn("Alarm {}: {}{}", alarm.id(), event.reason(), process);
    }
  }

  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(1, TimeUnit.SECONDS)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
