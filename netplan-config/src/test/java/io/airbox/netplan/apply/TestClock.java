package io.airbox.netplan.apply;

import java.time.Duration;
import java.time.Instant;

/** A machine whose time passes when it is told to. */
final class TestClock implements MachineClock {
  private Instant now = Instant.parse("2027-01-01T12:00:00Z");
  private Duration uptime = Duration.ofSeconds(100);
  private int boots = 1;

  @Override
  public Instant now() {
    return now;
  }

  @Override
  public Duration uptime() {
    return uptime;
  }

  @Override
  public String bootId() {
    return "boot-" + boots;
  }

  void pass(Duration time) {
    now = now.plus(time);
    uptime = uptime.plus(time);
  }

  void set(Instant time) {
    now = time;
  }

  void restart() {
    boots++;
    uptime = Duration.ofSeconds(20);
    now = now.plusSeconds(30);
  }
}
