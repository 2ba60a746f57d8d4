package io.airbox.power.sensor;

import io.airbox.power.Unit;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/**
 * The box's fan: the duty that {@code airboxFanMonitor.service} sets, and the tachometer ({@code
 * tach/bm_tach.c} of the vendor's kernel). Read only: two that steer one fan fight.
 */
final class Fan implements Probe {
  private static final String PWM = "sys/class/pwm/pwmchip0/pwm0";
  private static final String TACH = "sys/class/bm-tach/bm-tach-0";
  private static final String OLDER_TACH = "sys/class/bm_fan_speed/bm_fan_speed-0";
  private static final Duration PERIOD = Duration.ofSeconds(2);
  private static final Pattern SPEED = Pattern.compile("^fan_speed:(\\d{1,10})\\s*$");
  private static final double LONGEST_PERIOD = 1e9;

  /** Two pulses for each turn. */
  private static final double RPM_IN_HERTZ = 30;

  private static final double MOST_RPM = 30_000;

  private final SystemFiles files;

  Fan(SystemFiles files) {
    this.files = files;
  }

  @Override
  public String name() {
    return "fan";
  }

  @Override
  public Duration period() {
    return PERIOD;
  }

  @Override
  public Findings read() {
    return Findings.of(List.of(duty(), speed()));
  }

  private Measurement duty() {
    FileText duty = files.read(PWM + "/duty_cycle");
    FileText whole = files.read(PWM + "/period");
    OptionalDouble nanos = whole.number("", Unit.SECONDS, 1, 1, LONGEST_PERIOD).value();
    if (nanos.isEmpty()) {
      return Measurement.unknown("fan.duty", Unit.RATIO, whole.source(), whole.odd());
    }
    return duty.number("fan.duty", Unit.RATIO, nanos.getAsDouble(), 0, 1);
  }

  private Measurement speed() {
    String tach = files.exists(TACH) ? TACH : files.exists(OLDER_TACH) ? OLDER_TACH : TACH;
    if (files.read(tach + "/enable").stripped().equals("0")) {
      return Measurement.unknown(
          "fan.speed", Unit.RPM, tach + "/enable", "says \"0\": the tachometer is off");
    }
    return files
        .read(tach + "/fan_speed")
        .number("fan.speed", Unit.RPM, SPEED, 1 / RPM_IN_HERTZ, 0, MOST_RPM);
  }
}
