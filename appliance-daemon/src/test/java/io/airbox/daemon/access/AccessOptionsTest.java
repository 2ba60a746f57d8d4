package io.airbox.daemon.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class AccessOptionsTest {
  @Test
  void defaultsAreThoseOfTheDocuments() {
    AccessOptions defaults = AccessOptions.DEFAULTS;

    assertThat(defaults.claimCodeLife()).isEqualTo(Duration.ofHours(1));
    assertThat(defaults.sessionIdle()).isEqualTo(Duration.ofHours(12));
    assertThat(defaults.sessionLife()).isEqualTo(Duration.ofDays(7));
    assertThat(defaults.guestJobsPerMinute()).isEqualTo(30);
    assertThat(defaults.passphraseCost()).isEqualTo(new PassphraseCost(19_456, 2, 1));
  }

  @Test
  void sayWhatIsOutOfRange() {
    assertThatThrownBy(() -> options(Duration.ofSeconds(1), Duration.ofDays(1), 1))
        .hasMessageContaining("sessionIdle")
        .hasMessageContaining("PT1S");
    assertThatThrownBy(() -> options(Duration.ofHours(2), Duration.ofHours(1), 1))
        .hasMessageContaining("sessionLife must be PT2H");
    assertThatThrownBy(() -> options(Duration.ofHours(2), Duration.ofHours(3), 0))
        .hasMessageContaining("guestJobsPerMinute");
    assertThatThrownBy(() -> new PassphraseCost(7, 1, 1)).hasMessageContaining("memoryKib");
    assertThatThrownBy(() -> new PassphraseCost(8, 0, 1)).hasMessageContaining("iterations");
    assertThatThrownBy(() -> new PassphraseCost(8, 1, 2)).hasMessageContaining("lanes");
  }

  private static AccessOptions options(Duration idle, Duration life, int perMinute) {
    return new AccessOptions(
        Duration.ofHours(1), idle, life, 100, perMinute, 10_000, 1, PassphraseCost.DEFAULT);
  }
}
