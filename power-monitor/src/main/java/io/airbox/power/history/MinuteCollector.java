package io.airbox.power.history;

import io.airbox.power.Quality;
import io.airbox.power.Reading;
import io.airbox.power.Sample;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Makes minutes of samples, by the clock that does not jump. For one thread. */
public final class MinuteCollector {
  private static final long MINUTE = Duration.ofMinutes(1).toNanos();

  private final Predicate<String> wanted;
  private final Map<String, Series> series = new HashMap<>();
  private long start;
  private boolean started;

  /**
   * One that has seen nothing.
   *
   * @param wanted which ids are collected
   */
  public MinuteCollector(Predicate<String> wanted) {
    this.wanted = wanted;
  }

  /**
   * Adds a sample; answers with the minute that is over with it.
   *
   * @return the minute before this sample, which belongs to the next one
   */
  public Optional<Minute> add(Sample sample) {
    Optional<Minute> over = Optional.empty();
    if (!started) {
      started = true;
      start = sample.nanos();
    } else if (sample.nanos() - start >= MINUTE) {
      over = Optional.of(new Minute(sample.at().truncatedTo(ChronoUnit.SECONDS), series));
      series.clear();
      // a pause of many minutes is one gap, not many empty minutes
      start += (sample.nanos() - start) / MINUTE * MINUTE;
    }
    for (Reading reading : sample.readings()) {
      if (reading.quality() == Quality.GOOD && wanted.test(reading.id())) {
        Summary one = Summary.of(reading.value().orElseThrow());
        series.merge(
            reading.id(),
            new Series(reading.unit(), one),
            (before, now) -> new Series(now.unit(), before.summary().and(now.summary())));
      }
    }
    return over;
  }
}
