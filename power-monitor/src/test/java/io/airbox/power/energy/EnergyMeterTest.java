package io.airbox.power.energy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.airbox.power.Quality;
import io.airbox.power.Reading;
import io.airbox.power.Sample;
import io.airbox.power.Unit;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class EnergyMeterTest {
  /** A clock that goes past the end of its numbers meanwhile. */
  private static final long ZERO = Long.MAX_VALUE - 3_000_000_000L;

  private final EnergyMeter meter = new EnergyMeter(Duration.ofSeconds(5), Duration.ofHours(1));

  private static long nanos(double second) {
    return ZERO + (long) (second * 1e9);
  }

  private static Sample sample(double second, Quality quality, double watts, Duration age) {
    return new Sample(
        Instant.EPOCH,
        nanos(second),
        List.of(
            new Reading(
                EnergyMeter.POWER,
                Unit.WATTS,
                quality,
                quality == Quality.UNKNOWN ? OptionalDouble.empty() : OptionalDouble.of(watts),
                age,
                "file",
                "")),
        List.of());
  }

  private void good(double second, double watts) {
    meter.add(sample(second, Quality.GOOD, watts, Duration.ZERO));
  }

  @Test
  void powerThatRisesEvenlyIsATrapezoid() {
    for (int i = 0; i <= 10; i += 2) {
      good(i, 10 + i);
    }
    assertThat(meter.joules().orElseThrow()).isCloseTo(150, within(1e-9));
  }

  @Test
  void aJobTakesWhatTheBoxTookFromItsBeginningToItsEnd() {
    for (int i = 0; i <= 10; i += 2) {
      good(i, i < 4 ? 10 : 20);
    }
    Energy energy = meter.between(nanos(5), nanos(9)).orElseThrow();
    assertThat(energy.joules()).isCloseTo(80, within(1e-9));
    assertThat(energy.watts()).isCloseTo(20, within(1e-9));
    // in the middle of a slope: from 15 W at 3 s to 20 W at 4 s
    assertThat(meter.between(nanos(3), nanos(4)).orElseThrow().joules())
        .isCloseTo(17.5, within(1e-9));
  }

  @Test
  void whatWasNotMeasuredIsNotMadeUp() {
    good(0, 10);
    good(2, 10);
    good(60, 10);
    good(62, 10);
    assertThat(meter.joules().orElseThrow()).isCloseTo(40, within(1e-9));
    assertThat(meter.between(nanos(0), nanos(62))).isEmpty();
    assertThat(meter.between(nanos(3), nanos(40))).isEmpty();
    assertThat(meter.between(nanos(60), nanos(62)).orElseThrow().joules())
        .isCloseTo(20, within(1e-9));
  }

  @Test
  void withoutASensorThereIsNothing() {
    meter.add(sample(0, Quality.UNKNOWN, 0, Duration.ZERO));
    meter.add(sample(2, Quality.STALE, 10, Duration.ofSeconds(9)));
    assertThat(meter.joules()).isEmpty();
    assertThat(meter.between(nanos(0), nanos(2))).isEmpty();
    assertThat(meter.upTo(nanos(0), nanos(2))).isEmpty();
  }

  @Test
  void theSameReadingInTwoSamplesCountsOnce() {
    good(0, 10);
    meter.add(sample(1, Quality.GOOD, 10, Duration.ofSeconds(1)));
    good(2, 10);
    meter.add(sample(3, Quality.GOOD, 10, Duration.ofSeconds(1)));
    assertThat(meter.joules().orElseThrow()).isCloseTo(20, within(1e-9));
  }

  @Test
  void whatEndsNowIsTakenToGoOnAsItWasReadLast() {
    good(0, 10);
    good(2, 20);
    assertThat(meter.upTo(nanos(2), nanos(5)).orElseThrow().joules()).isCloseTo(60, within(1e-9));
    // shorter than the pause between two readings, and after the newest one
    assertThat(meter.upTo(nanos(3), nanos(3.5)).orElseThrow().joules()).isCloseTo(10, within(1e-9));
    assertThat(meter.upTo(nanos(1), nanos(2)).orElseThrow().joules()).isCloseTo(17.5, within(1e-9));
    // nothing of this is added
    assertThat(meter.joules().orElseThrow()).isCloseTo(30, within(1e-9));
    assertThat(meter.upTo(nanos(2), nanos(8))).isEmpty();
    good(4, 10);
    assertThat(meter.between(nanos(2), nanos(4)).orElseThrow().joules())
        .isCloseTo(30, within(1e-9));
  }

  @Test
  void aTimeThatIsNotOverByTheReadingsOrForgottenIsUnknown() {
    good(0, 10);
    good(2, 10);
    assertThat(meter.between(nanos(0), nanos(4))).isEmpty();
    assertThat(meter.between(nanos(2), nanos(2))).isEmpty();
    EnergyMeter brief = new EnergyMeter(Duration.ofSeconds(5), Duration.ofSeconds(10));
    for (int i = 0; i < 30; i += 2) {
      brief.add(sample(i, Quality.GOOD, 10, Duration.ZERO));
    }
    assertThat(brief.between(nanos(2), nanos(12))).isEmpty();
    assertThat(brief.between(nanos(20), nanos(28))).isPresent();
  }
}
