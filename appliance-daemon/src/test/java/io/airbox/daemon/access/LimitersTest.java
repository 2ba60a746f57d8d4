package io.airbox.daemon.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.airbox.daemon.access.AccessException.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LimitersTest {
  private final FakeTime time = new FakeTime();
  private final AttemptLimiter attempts = new AttemptLimiter(time);

  @Test
  void waitsDoubleAfterFiveWrongTries() {
    List<Long> waits = new ArrayList<>();
    for (int wrong = 1; wrong <= 17; wrong++) {
      attempts.begin("192.168.1.7");
      Duration wait = refusal("192.168.1.7");
      waits.add(wait.toSeconds());
      time.pass(wait);
    }

    assertThat(waits)
        .containsExactly(
            0L, 0L, 0L, 0L, 1L, 2L, 4L, 8L, 16L, 32L, 64L, 128L, 256L, 512L, 900L, 900L, 900L);
  }

  /** How long that address has to wait, counting nothing. */
  private Duration refusal(String address) {
    AccessException refused =
        catchThrowableOfType(AccessException.class, () -> attempts.begin(address));
    if (refused == null) {
      attempts.undecided(address);
      return Duration.ZERO;
    }
    assertThat(refused.reason()).isEqualTo(Reason.TOO_MANY_ATTEMPTS);
    return refused.retryAfter();
  }

  @Test
  void manyTriesAtOnceAreFive() {
    int begun = 0;
    for (int i = 0; i < 100; i++) {
      if (catchThrowableOfType(AccessException.class, () -> attempts.begin("::1")) == null) {
        begun++;
      }
    }

    assertThat(begun).isEqualTo(AttemptLimiter.FREE);
  }

  @Test
  void aRightTryForgetsTheWrongOnes() {
    for (int i = 0; i < 4; i++) {
      attempts.begin("192.168.1.7");
    }
    attempts.begin("192.168.1.7");
    attempts.right("192.168.1.7");

    assertThat(refusal("192.168.1.7")).isZero();
  }

  @Test
  void anHourForgetsWrongTries() {
    for (int i = 0; i < 5; i++) {
      attempts.begin("192.168.1.7");
    }
    time.pass(Duration.ofHours(1).plusSeconds(2));
    for (int i = 0; i < 4; i++) {
      attempts.begin("192.168.1.7");
      assertThat(refusal("192.168.1.7")).isZero();
    }
  }

  @Test
  void theTimeOfDayDoesNotMatter() {
    for (int i = 0; i < 5; i++) {
      attempts.begin("192.168.1.7");
    }
    time.set(Instant.EPOCH);

    assertThat(refusal("192.168.1.7")).isEqualTo(Duration.ofSeconds(1));
    time.set(Instant.parse("2099-01-01T00:00:00Z"));
    assertThat(refusal("192.168.1.7")).isEqualTo(Duration.ofSeconds(1));
    time.pass(Duration.ofSeconds(1));
    assertThat(refusal("192.168.1.7")).isZero();
  }

  @Test
  void othersAreNotConcernedAndMemoryIsBounded() {
    for (int i = 0; i < 5; i++) {
      attempts.begin("192.168.1.7");
    }
    for (int i = 0; i < AttemptLimiter.ADDRESSES - 1; i++) {
      attempts.begin("10.0." + i / 256 + "." + i % 256);
    }
    assertThat(refusal("192.168.1.7")).isEqualTo(Duration.ofSeconds(1));
    for (int i = 0; i < AttemptLimiter.ADDRESSES; i++) {
      attempts.begin("10.1." + i / 256 + "." + i % 256);
    }
    assertThat(refusal("192.168.1.7")).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "2001:db8:1:2:3:4:5:6, 2001:db8:1:2::9, true",
    "2001:db8:1:2::1, 2001:db8:1:3::1, false",
    "fe80::1%eth0, fe80::2%eth0, true",
    "::ffff:192.168.1.7, 192.168.1.7, true",
    "0:0:0:0:0:ffff:c0a8:107, 192.168.1.7, true",
    "192.168.1.7, 192.168.1.8, false",
    "socket, socket, true",
    "not an address, not, false",
  })
  void aNeighbourhoodIsOneNetworkOfIpv6OrOneAddress(String one, String other, boolean same) {
    assertThat(Neighbourhood.of(one).equals(Neighbourhood.of(other))).isEqualTo(same);
  }

  @Test
  void aRateIsSavedUpForAMinuteAtMost() {
    RateLimiter limiter = new RateLimiter(30, time);
    time.pass(Duration.ofHours(1));
    for (int i = 0; i < 30; i++) {
      assertThat(limiter.take("a")).isEmpty();
    }

    assertThat(limiter.take("a")).contains(Duration.ofSeconds(2));
    assertThat(limiter.take("b")).isEmpty();
    time.pass(Duration.ofSeconds(2));
    assertThat(limiter.take("a")).isEmpty();
    assertThat(limiter.take("a")).contains(Duration.ofSeconds(2));
    time.set(Instant.EPOCH);
    time.pass(Duration.ofMinutes(1));
    for (int i = 0; i < 30; i++) {
      assertThat(limiter.take("a")).isEmpty();
    }
    assertThat(limiter.take("a")).isPresent();
  }
}
