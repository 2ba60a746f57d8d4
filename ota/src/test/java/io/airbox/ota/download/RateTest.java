package io.airbox.ota.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RateTest {
  private long nanos;
  private final Rate rate =
      new Rate(
          new Time() {
            @Override
            public Instant instant() {
              return Instant.EPOCH;
            }

            @Override
            public long nanos() {
              return nanos;
            }

            @Override
            public void pause(Duration pause) {
              nanos += pause.toNanos();
            }
          });

  @Test
  void tellsWhenTheRestWillBeHere() {
    assertThat(rate.at(5000)).isTrue(); // was here before
    assertThat(rate.until(9000)).isEmpty();
    nanos += 100_000_000L;
    assertThat(rate.at(5100)).isFalse();
    nanos += 900_000_000L;
    assertThat(rate.at(6000)).isTrue();
    assertThat(rate.perSecond()).hasValue(1000);
    assertThat(rate.until(9000)).contains(Duration.ofSeconds(3));
    nanos += 60_000_000_000L;
    rate.at(6000); // nothing came for a minute
    assertThat(rate.until(9000)).isEmpty();
    rate.at(10);
    assertThat(rate.perSecond()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "08:00-22:00, 2027-03-01T07:59:59Z, PT0S",
    "08:00-22:00, 2027-03-01T08:00:00Z, PT14H",
    "08:00-22:00, 2027-03-01T21:59:00Z, PT1M",
    "08:00-22:00, 2027-03-01T22:00:00Z, PT0S",
    "22:00-06:00, 2027-03-01T23:00:00Z, PT7H",
    "22:00-06:00, 2027-03-01T05:00:00Z, PT1H",
    "22:00-06:00, 2027-03-01T06:00:00Z, PT0S",
    "08:00-22:00, 1970-01-01T09:00:00Z, PT13H",
  })
  void quietHours(String hours, Instant now, Duration left) {
    assertThat(QuietHours.parse(hours, ZoneOffset.UTC).left(now)).isEqualTo(left);
  }

  @Test
  void quietHoursWhenTheClocksChange() {
    QuietHours hours = QuietHours.parse("22:00-06:00", ZoneId.of("Europe/Berlin"));
    assertThat(hours.left(Instant.parse("2027-03-27T22:00:00Z"))).isEqualTo(Duration.ofHours(6));
  }

  @ParameterizedTest
  @CsvSource({"8-22", "08:00", "08:00-08:00", "25:00-06:00", "08:00-10:00-12:00"})
  void quietHoursThatAreNone(String text) {
    assertThatThrownBy(() -> QuietHours.parse(text, ZoneOffset.UTC))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("quiet hours");
  }
}
