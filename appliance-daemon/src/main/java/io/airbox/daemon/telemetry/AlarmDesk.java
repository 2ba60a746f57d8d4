package io.airbox.daemon.telemetry;

import io.airbox.power.alarm.Alarm;
import io.airbox.power.alarm.AlarmBook;
import io.airbox.power.alarm.AlarmEvent;
import io.airbox.power.alarm.Severity;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.tinylog.Logger;

/**
 * Raises and clears alarms, on a thread of its own, for they are on the disk before anybody hears
 * of them: a slow disk delays no look at the sensors. Each is told to the journal and goes on every
 * round; without a round the journal is enough.
 */
public final class AlarmDesk implements Telemetry.Listener, AutoCloseable {
  /** Looks that wait for the disk; older ones are passed over. */
  private static final int MOST_WAITING = 4;

  private final AlarmBook book;
  private final List<Round> rounds = new CopyOnWriteArrayList<>();
  private final ThreadPoolExecutor thread;

  /** Takes alarms over. */
  @FunctionalInterface
  public interface Taker {
    /**
     * Takes one over; the same again does no harm.
     *
     * @throws IOException it is not in good hands, and is given again later
     */
    void take(AlarmEvent event) throws IOException;
  }

  /**
   * One of those who are to have each event. An event stays in the book until all rounds have
   * carried it; make them all before the first one carries.
   */
  public final class Round {
    private final String name;
    private final Set<String> carried = new HashSet<>();
    private volatile Runnable listener = () -> {};

    private Round(String name) {
      this.name = name;
    }

    /** Called on the desk's thread when there is something to carry; returns at once. */
    public void onEvent(Runnable called) {
      listener = called;
    }

    /** Whether there is something to carry. */
    public boolean waits() {
      return !left().isEmpty();
    }

    /**
     * Gives each event that was not carried yet, the first first, until one is not taken: those
     * after it must not overtake it. Blocks as the taker does; one thread at a time.
     */
    public void carry(Taker taker) {
      for (AlarmEvent event : left()) {
        try {
          taker.take(event);
        } catch (IOException e) {
          Logger.warn("The alarm {} waits for {}: {}", event.id(), name, e.getMessage());
          return;
        }
        carried(event.id());
      }
    }

    private List<AlarmEvent> left() {
      synchronized (rounds) {
        List<AlarmEvent> all = book.unsettled();
        carried.retainAll(all.stream().map(AlarmEvent::id).toList());
        return all.stream().filter(event -> !carried.contains(event.id())).toList();
      }
    }

    private void carried(String id) {
      synchronized (rounds) {
        carried.add(id);
        if (rounds.stream().allMatch(round -> round.carried.contains(id))) {
          book.settle(List.of(id));
        }
      }
    }
  }

  /** A desk without rounds. */
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

  /**
   * Begins a round; what the last run left goes on it too.
   *
   * @param name for the journal
   */
  public Round round(String name) {
    Round round = new Round(name);
    rounds.add(round);
    return round;
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
    List<AlarmEvent> events = book.observe(look.sample(), look.heat());
    events.forEach(AlarmDesk::tell);
    if (rounds.isEmpty()) {
      book.settle(book.unsettled().stream().map(AlarmEvent::id).toList());
    } else if (!events.isEmpty()) {
      rounds.forEach(round -> round.listener.run());
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
