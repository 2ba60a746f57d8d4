package io.airbox.power.sensor;

import io.airbox.power.Unit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How worn the eMMC is, as it tells by itself since version 5.0 (JESD84-B51, {@code
 * DEVICE_LIFE_TIME_EST_TYP_A} and {@code _B}, {@code PRE_EOL_INFO}). SD cards tell nothing.
 */
final class FlashWear implements Probe {
  private static final String HOSTS = "sys/class/mmc_host";
  private static final Duration PERIOD = Duration.ofMinutes(1);
  private static final Pattern LIFE =
      Pattern.compile("^0x([0-9a-fA-F]{1,2}) 0x([0-9a-fA-F]{1,2})\\s*$");
  private static final Pattern END = Pattern.compile("^0x0?([0-9a-fA-F])\\s*$");

  /** Steps of a tenth of its life; one more means that all of it is used. */
  private static final double STEPS = 10;

  private static final int MOST_STEPS = 11;

  /** 1 normal, 2 four fifths of the reserve are used, 3 nine tenths. */
  private static final int URGENT = 3;

  private final SystemFiles files;

  FlashWear(SystemFiles files) {
    this.files = files;
  }

  @Override
  public String name() {
    return "flash";
  }

  @Override
  public Duration period() {
    return PERIOD;
  }

  @Override
  public Findings read() {
    List<Measurement> found = new ArrayList<>();
    for (String host : files.children(HOSTS, "mmc*")) {
      for (String card : files.children(HOSTS + "/" + host, host + ":*")) {
        card(host, HOSTS + "/" + host + "/" + card, found);
      }
    }
    return Findings.of(found);
  }

  private void card(String host, String folder, List<Measurement> found) {
    FileText life = files.read(folder + "/life_time");
    if (life.text().isEmpty()) {
      return; // an SD card
    }
    Matcher steps = LIFE.matcher(life.text().orElse(""));
    boolean told = steps.matches();
    String id = "disk." + Name.of(host);
    found.add(wear(id + ".wear-a", told ? steps.group(1) : "0", life));
    found.add(wear(id + ".wear-b", told ? steps.group(2) : "0", life));
    found.add(endOfLife(id + ".end-of-life", files.read(folder + "/pre_eol_info")));
  }

  /** The upper end of the tenth that it is in; 0 means that it does not say. */
  private static Measurement wear(String id, String step, FileText life) {
    int tenths = Integer.parseInt(step, 16);
    return tenths > 0 && tenths <= MOST_STEPS
        ? Measurement.of(id, Unit.RATIO, Math.min(1, tenths / STEPS), life.source())
        : Measurement.unknown(id, Unit.RATIO, life.source(), life.odd());
  }

  private static Measurement endOfLife(String id, FileText text) {
    Matcher level = END.matcher(text.text().orElse(""));
    int value = level.matches() ? Integer.parseInt(level.group(1), 16) : 0;
    return Measurement.of(
        id,
        Unit.COUNT,
        value > 0 && value <= URGENT ? OptionalDouble.of(value) : OptionalDouble.empty(),
        text.source(),
        text.odd());
  }
}
