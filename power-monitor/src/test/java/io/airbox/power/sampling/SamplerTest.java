package io.airbox.power.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.power.Quality;
import io.airbox.power.Reading;
import io.airbox.power.RecordedMachine;
import io.airbox.power.Sample;
import io.airbox.power.SetTicker;
import io.airbox.power.Unit;
import io.airbox.power.sensor.Findings;
import io.airbox.power.sensor.Measurement;
import io.airbox.power.sensor.Probe;
import io.airbox.power.sensor.Sensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SamplerTest {
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

  /** Long enough for a probe that answers at once, short for one that does not. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final Duration LITTLE = Duration.ofMillis(20);

  private final SetTicker ticker = new SetTicker(Long.MAX_VALUE - 5);

  @TempDir Path folder;

  /** A probe of one value each two seconds. */
  private static final class OneValue implements Probe {
    private final Supplier<Findings> source;
    private volatile int reads;

    OneValue(Supplier<Findings> source) {
      this.source = source;
    }

    @Override
    public String name() {
      return "one";
    }

    @Override
    public Duration period() {
      return Duration.ofSeconds(2);
    }

    @Override
    public List<Measurement> expected() {
      return List.of(new Measurement("a.one", Unit.WATTS, OptionalDouble.empty(), "one", ""));
    }

    @Override
    @SuppressWarnings("NonAtomicOperationOnVolatileField") // one thread at a time
    public Findings read() {
      reads++;
      return source.get();
    }
  }

  private static Findings others(String... ids) {
    return new Findings(
        Stream.of(ids)
            .map(id -> new Measurement(id, Unit.WATTS, OptionalDouble.of(1), "one", ""))
            .toList(),
        List.of());
  }

  private static Findings told(double value) {
    return new Findings(
        List.of(new Measurement("a.one", Unit.WATTS, OptionalDouble.of(value), "one", "")),
        List.of());
  }

  private static Findings untold(String reason) {
    return new Findings(
        List.of(new Measurement("a.one", Unit.WATTS, OptionalDouble.empty(), "one", reason)),
        List.of());
  }

  private Sampler sampler(Duration patience, Probe... probes) {
    return new Sampler(List.of(probes), ticker, InstantSource.fixed(NOW), patience);
  }

  private static Reading one(Sample sample) {
    return sample.reading("a.one").orElseThrow();
  }

  @Test
  void aSampleOfABoxHasEachReadingOnceByName() throws InterruptedException {
    try (Sampler sampler =
        new Sampler(
            Sensors.of(RecordedMachine.tree("load"), ticker),
            ticker,
            InstantSource.fixed(NOW),
            PATIENCE)) {
      sampler.sample();
      ticker.forward(Duration.ofSeconds(2));
      Sample sample = sampler.sample();
      assertThat(sample.at()).isEqualTo(NOW);
      assertThat(sample.readings()).extracting(Reading::id).isSorted().doesNotHaveDuplicates();
      assertThat(sample.reading("temperature.soc").orElseThrow())
          .isEqualTo(
              new Reading(
                  "temperature.soc",
                  Unit.CELSIUS,
                  Quality.GOOD,
                  OptionalDouble.of(71),
                  Duration.ZERO,
                  "sys/class/thermal/thermal_zone0/temp",
                  ""));
      assertThat(sample.trips()).hasSize(3);
    }
  }

  @Test
  void filesAreLeftAloneForTheirPeriodHoweverOftenSomebodyAsks() throws InterruptedException {
    OneValue probe = new OneValue(() -> told(7));
    try (Sampler sampler = sampler(PATIENCE, probe)) {
      for (int i = 0; i < 20; i++) {
        assertThat(one(sampler.sample()).quality()).isEqualTo(Quality.GOOD);
        ticker.forward(Duration.ofMillis(500));
      }
    }
    assertThat(probe.reads).isEqualTo(5);
  }

  @Test
  void aSourceThatFailsLeavesItsLastValueForAWhile() throws InterruptedException {
    Findings[] next = {told(7)};
    try (Sampler sampler = sampler(PATIENCE, new OneValue(() -> next[0]))) {
      sampler.sample();
      next[0] = untold("says \"garbage\"");
      ticker.forward(Duration.ofSeconds(2));
      assertThat(one(sampler.sample()))
          .isEqualTo(
              new Reading(
                  "a.one",
                  Unit.WATTS,
                  Quality.STALE,
                  OptionalDouble.of(7),
                  Duration.ofSeconds(2),
                  "one",
                  "one says \"garbage\""));
      ticker.forward(Duration.ofSeconds(29));
      Reading old = one(sampler.sample());
      assertThat(old.quality()).isEqualTo(Quality.UNKNOWN);
      assertThat(old.value()).isEmpty();
      next[0] = told(8);
      ticker.forward(Duration.ofSeconds(2));
      assertThat(one(sampler.sample()).value()).hasValue(8);
    }
  }

  @Test
  void whatIsNoLongerThereIsForgottenUnlessItIsExpected() throws InterruptedException {
    Findings[] next = {others("a.one", "a.two")};
    try (Sampler sampler = sampler(PATIENCE, new OneValue(() -> next[0]))) {
      sampler.sample();
      next[0] = others();
      ticker.forward(Duration.ofSeconds(3));
      assertThat(sampler.sample().reading("a.two").orElseThrow().reason())
          .isEqualTo("one is not told any more");
      ticker.forward(Duration.ofMinutes(11));
      assertThat(sampler.sample().readings()).extracting(Reading::id).containsExactly("a.one");
    }
  }

  @Test
  void aProbeThatBreaksCostsItsOwnReadingsOnly() throws InterruptedException {
    OneValue broken =
        new OneValue(
            () -> {
              throw new IllegalStateException("oops");
            });
    try (Sampler sampler =
        new Sampler(
            List.of(broken, Sensors.of(RecordedMachine.tree("idle"), ticker).get(0)),
            ticker,
            InstantSource.fixed(NOW),
            PATIENCE)) {
      Sample sample = sampler.sample();
      assertThat(one(sample).reason()).contains("oops");
      assertThat(sample.reading("temperature.soc").orElseThrow().quality()).isEqualTo(Quality.GOOD);
    }
  }

  @Test
  void aProbeThatHangsIsNotAskedAgainUntilItHasAnswered() throws InterruptedException {
    CountDownLatch answered = new CountDownLatch(1);
    OneValue hanging =
        new OneValue(
            () -> {
              try {
                answered.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return told(7);
            });
    try (Sampler sampler = sampler(LITTLE, hanging)) {
      for (int i = 0; i < 3; i++) {
        assertThat(one(sampler.sample()).quality()).isEqualTo(Quality.UNKNOWN);
        ticker.forward(Duration.ofSeconds(4));
      }
      assertThat(one(sampler.sample()).reason()).isEqualTo("one: no answer for 12 s");
      assertThat(hanging.reads).isEqualTo(1);
      answered.countDown();
      while (one(sampler.sample()).quality() != Quality.GOOD) {
        Thread.onSpinWait();
      }
    }
  }

  /** A pipe into which nobody writes blocks as a file of a bus that hangs does. */
  @Test
  void aFileThatBlocksDoesNotHoldUpTheOthers() throws Exception {
    Path box = RecordedMachine.copy("idle", folder.resolve("box"));
    Path power = box.resolve("sys/bus/i2c/devices/1-0017/power-now");
    Files.delete(power);
    Process made = new ProcessBuilder("mkfifo", power.toString()).inheritIO().start();
    assertThat(made.waitFor()).isZero();
    try (Sampler sampler =
        new Sampler(Sensors.of(box, ticker), ticker, InstantSource.fixed(NOW), LITTLE)) {
      Sample sample = sampler.sample();
      while (sample.reading("temperature.soc").orElseThrow().value().isEmpty()) {
        sample = sampler.sample();
      }
      ticker.forward(Duration.ofSeconds(2));
      assertThat(sampler.sample().reading("power.input").orElseThrow().reason())
          .isEqualTo("controller: no answer for 2 s");

      Files.writeString(power, "9000mW\n");
      while (sampler.sample().reading("power.input").orElseThrow().value().isEmpty()) {
        Thread.onSpinWait();
      }
      // the next read of the pipe would hang again
      Files.delete(power);
    }
  }
}
