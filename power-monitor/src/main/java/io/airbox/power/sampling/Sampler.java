package io.airbox.power.sampling;

import io.airbox.power.Reading;
import io.airbox.power.Sample;
import io.airbox.power.Ticker;
import io.airbox.power.TripPoint;
import io.airbox.power.sensor.Probe;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Takes samples of a machine's sensors. How often is up to the caller: probes whose period has not
 * passed tell what they told before. One thread at a time takes samples.
 */
public final class Sampler implements AutoCloseable {
  /** Ends the threads of a sampler that nobody asks. */
  private static final long IDLE_SECONDS = 30;

  private final List<Lane> lanes;
  private final Ticker ticker;
  private final InstantSource clock;
  private final Duration patience;

  /** One for each lane, and a lane has one task at most: none ever waits behind one that hangs. */
  private final ThreadPoolExecutor threads;

  /**
   * A sampler that has asked nothing yet.
   *
   * @param patience how long a sample waits for the slowest file
   */
  public Sampler(List<Probe> probes, Ticker ticker, InstantSource clock, Duration patience) {
    this.lanes = probes.stream().map(probe -> new Lane(probe, ticker)).toList();
    this.ticker = ticker;
    this.clock = clock;
    this.patience = patience;
    this.threads =
        new ThreadPoolExecutor(
            Math.max(1, lanes.size()),
            Math.max(1, lanes.size()),
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "airbox-sensor");
              // one that hangs in the kernel cannot be ended, and must not keep the process
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
  }

  /**
   * Asks the probes whose time has come and tells what is known now.
   *
   * @throws InterruptedException while waiting for files; those that were asked answer the next one
   */
  public Sample sample() throws InterruptedException {
    return sample(patience);
  }

  /**
   * The same with another patience, as for the first sample, when nothing is known yet.
   *
   * @param longest how long to wait for the slowest file
   */
  public Sample sample(Duration longest) throws InterruptedException {
    long start = ticker.nanos();
    List<Lane> due = lanes.stream().filter(lane -> lane.isDue(start)).toList();
    CountDownLatch answers = new CountDownLatch(due.size());
    for (Lane lane : due) {
      lane.begin(start);
      threads.execute(
          () -> {
            try {
              lane.run();
            } finally {
              answers.countDown();
            }
          });
    }
    answers.await(longest.toNanos(), TimeUnit.NANOSECONDS);
    long now = ticker.nanos();
    List<Reading> readings = new ArrayList<>();
    List<TripPoint> trips = new ArrayList<>();
    Map<String, String> texts = new HashMap<>();
    for (Lane lane : lanes) {
      lane.tell(now, readings, trips, texts);
    }
    readings.sort(Comparator.comparing(Reading::id));
    return new Sample(clock.instant(), now, readings, trips, texts);
  }

  /** Ends the threads; those that hang in a file end when it answers. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
