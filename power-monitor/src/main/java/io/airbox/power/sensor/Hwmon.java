package io.airbox.power.sensor;

import io.airbox.power.Unit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The kernel's hardware monitors: temperatures, power, voltages, currents and fans of ordinary
 * machines. Their numbers change from start to start, so ids have the chip's name and the label.
 * Those that only repeat a thermal zone are left out.
 */
final class Hwmon implements Probe {
  private static final String FOLDER = "sys/class/hwmon";
  private static final String ZONES = "sys/class/thermal";
  private static final Duration PERIOD = Duration.ofSeconds(2);
  private static final int ROUNDS_BETWEEN_LOOKS = 30;
  private static final int MOST = 64;

  private final SystemFiles files;
  private List<Channel> channels = List.of();
  private int round;

  Hwmon(SystemFiles files) {
    this.files = files;
  }

  /** A kind of file, as Linux' {@code Documentation/hwmon/sysfs-interface} has them. */
  private record Kind(
      String glob, String noun, Unit unit, double inOne, double least, double most) {}

  private static final List<Kind> KINDS =
      List.of(
          new Kind("temp*_input", "temperature", Unit.CELSIUS, 1e3, -60, 200),
          new Kind("power*_{input,average}", "power", Unit.WATTS, 1e6, 0, 2000),
          new Kind("in*_input", "voltage", Unit.VOLTS, 1e3, -100, 1000),
          new Kind("curr*_input", "current", Unit.AMPERES, 1e3, -1000, 1000),
          new Kind("fan*_input", "fan", Unit.RPM, 1, 0, 30_000));

  private record Channel(String id, String file, Kind kind) {}

  @Override
  public String name() {
    return "hwmon";
  }

  @Override
  public Duration period() {
    return PERIOD;
  }

  @Override
  public Findings read() {
    if (round++ % ROUNDS_BETWEEN_LOOKS == 0) {
      channels = channels();
    }
    return Findings.of(
        channels.stream()
            .map(
                each ->
                    files
                        .read(each.file())
                        .number(
                            each.id(),
                            each.kind().unit(),
                            each.kind().inOne(),
                            each.kind().least(),
                            each.kind().most()))
            .toList());
  }

  private List<Channel> channels() {
    Set<String> zones = new HashSet<>();
    for (String zone : files.children(ZONES, "thermal_zone*")) {
      zones.add(Name.of(files.read(ZONES + "/" + zone + "/type").stripped()));
    }
    List<Channel> found = new ArrayList<>();
    Name names = new Name();
    for (String folder : files.children(FOLDER, "hwmon*")) {
      String chip = files.read(FOLDER + "/" + folder + "/name").stripped();
      if (!zones.contains(Name.of(chip))) {
        for (Kind kind : KINDS) {
          channels(FOLDER + "/" + folder, chip, kind, names, found);
        }
      }
    }
    return found.subList(0, Math.min(MOST, found.size()));
  }

  private void channels(String folder, String chip, Kind kind, Name names, List<Channel> found) {
    for (String file : files.children(folder, kind.glob())) {
      String channel = file.substring(0, file.indexOf('_'));
      String label = files.read(folder + "/" + channel + "_label").stripped();
      String what = chip + "-" + (label.isEmpty() ? channel : label);
      // unique among its kind
      String id = names.unique(kind.noun() + " " + what).substring(kind.noun().length() + 1);
      found.add(new Channel(kind.noun() + "." + id, folder + "/" + file, kind));
    }
  }
}
