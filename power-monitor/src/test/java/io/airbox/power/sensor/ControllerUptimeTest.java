package io.airbox.power.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ControllerUptimeTest {
  private final ControllerUptime uptime = new ControllerUptime();

  @Test
  void theCounterIsTheTimeUntilItGoesRound() {
    assertThat(uptime.since(100, 60)).isEqualTo(100);
    assertThat(uptime.since(65_535, 65_495)).isEqualTo(65_535);
    assertThat(uptime.since(1, 65_497)).isEqualTo(65_537);
    assertThat(uptime.since(65_530, 131_026)).isEqualTo(131_066);
    assertThat(uptime.since(0, 131_032)).isEqualTo(131_072);
  }

  @Test
  void howOftenItWentRoundBeforeIsKnownByTheSystemsTime() {
    assertThat(uptime.since(21_037, 86_523)).isEqualTo(86_573);
    assertThat(new ControllerUptime().since(4, 65_536)).isEqualTo(65_540);
    // a box that had power for a day before its system started: not known
    assertThat(new ControllerUptime().since(20_864, 30)).isEqualTo(20_864);
  }

  @Test
  void aControllerThatBeganAnewBeginsAnew() {
    assertThat(uptime.since(9_000, 8_960)).isEqualTo(9_000);
    assertThat(uptime.since(5, 20)).isEqualTo(5);
  }
}
