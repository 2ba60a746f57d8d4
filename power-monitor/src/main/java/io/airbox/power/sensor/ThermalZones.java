package io.airbox.power.sensor;

import io.airbox.power.TripPoint;
import io.airbox.power.Unit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Predicate;

/**
 * The kernel's thermal zones with their trip points, and how far it slows the TPU down. On a box
 * the zones' sensor is on I²C (TMP451, {@code bm1684.dtsi} of the vendor's kernel), so they are
 * read every two seconds and by nobody else here.
 */
final class ThermalZones implements Probe {
  private static final String FOLDER = "sys/class/thermal";
  private static final Duration PERIOD = Duration.ofSeconds(2);

  /** Zones and trips belong to the device tree; looked for again in case a driver came late. */
  private static final int ROUNDS_BETWEEN_LOOKS = 30;

  private static final int MOST_ZONES = 32;
  private static final int MOST_TRIPS = 16;
  private static final double MILLI = 1000;
  private static final double COLDEST = -60;
  private static final double HOTTEST = 200;

  /** {@code bm1684_clock_cooling.c}: 0 full clock, 1 three quarters of it, 2 25 MHz. */
  private static final String THROTTLE = "bm1684_cooling";

  private static final int MOST_STEPS = 16;

  /** On a box zone 0 is the chip, zone 1 the board, should their types say something else. */
  private static final List<String> BOX_ZONES = List.of("soc", "board");

  private final SystemFiles files;
  private final boolean box;
  private List<Zone> zones = List.of();
  private List<TripPoint> trips = List.of();
  private String throttle = "";
  private int round;

  ThermalZones(SystemFiles files, boolean box) {
    this.files = files;
    this.box = box;
  }

  private record Zone(String name, String folder) {}

  @Override
  public String name() {
    return "thermal";
  }

  @Override
  public Duration period() {
    return PERIOD;
  }

  @Override
  public List<Measurement> expected() {
    return box
        ? List.of(
            Measurement.expected("temperature.soc", Unit.CELSIUS, FOLDER),
            Measurement.expected("temperature.board", Unit.CELSIUS, FOLDER),
            Measurement.expected("throttle.level", Unit.COUNT, FOLDER))
        : List.of();
  }

  @Override
  public Findings read() {
    if (round++ % ROUNDS_BETWEEN_LOOKS == 0) {
      zones = zones();
      trips = zones.stream().flatMap(zone -> trips(zone).stream()).sorted(BY_HEAT).toList();
      throttle = throttle();
    }
    List<Measurement> measurements = new ArrayList<>();
    for (Zone zone : zones) {
      measurements.add(
          files
              .read(zone.folder() + "/temp")
              .number("temperature." + zone.name(), Unit.CELSIUS, MILLI, COLDEST, HOTTEST));
    }
    if (box) {
      BOX_ZONES.stream()
          .filter(Predicate.not(this::found))
          .forEach(zone -> measurements.add(absent("temperature." + zone, Unit.CELSIUS)));
      measurements.add(
          throttle.isEmpty()
              ? absent("throttle.level", Unit.COUNT)
              : files
                  .read(throttle + "/cur_state")
                  .number("throttle.level", Unit.COUNT, 1, 0, MOST_STEPS));
    }
    return new Findings(measurements, trips);
  }

  private static final Comparator<TripPoint> BY_HEAT =
      Comparator.comparing(TripPoint::zone).thenComparingDouble(TripPoint::celsius);

  private boolean found(String name) {
    return zones.stream().anyMatch(zone -> zone.name().equals(name));
  }

  private static Measurement absent(String id, Unit unit) {
    return Measurement.unknown(id, unit, FOLDER, "the kernel has none here");
  }

  private List<Zone> zones() {
    List<String> folders = files.children(FOLDER, "thermal_zone*");
    List<String> types = folders.stream().map(folder -> type(FOLDER + "/" + folder)).toList();
    boolean byNumber = box && BOX_ZONES.stream().noneMatch(types::contains);
    Name names = new Name();
    List<Zone> found = new ArrayList<>();
    for (int i = 0; i < Math.min(MOST_ZONES, folders.size()); i++) {
      String folder = folders.get(i);
      String type = types.get(i);
      if (byNumber && folder.equals("thermal_zone" + i) && i < BOX_ZONES.size()) {
        type = BOX_ZONES.get(i);
      }
      found.add(new Zone(names.unique(type), FOLDER + "/" + folder));
    }
    return found;
  }

  /** Some kernels end a type with {@code -thermal} or {@code _thermal}. */
  private String type(String folder) {
    String type = files.read(folder + "/type").stripped().toLowerCase(Locale.ROOT);
    return type.replaceAll("[-_]thermal$", "");
  }

  private List<TripPoint> trips(Zone zone) {
    List<TripPoint> found = new ArrayList<>();
    for (int i = 0; i < MOST_TRIPS; i++) {
      String trip = zone.folder() + "/trip_point_" + i;
      FileText temperature = files.read(trip + "_temp");
      if (temperature.text().isEmpty()) {
        break;
      }
      OptionalDouble celsius = degrees(temperature, 1);
      double hysteresis = degrees(files.read(trip + "_hyst"), 0).orElse(0);
      if (celsius.isPresent()) {
        TripPoint.Kind.of(files.read(trip + "_type").stripped())
            .map(kind -> new TripPoint(zone.name(), kind, celsius.getAsDouble(), hysteresis))
            .ifPresent(found::add);
      }
    }
    return found;
  }

  /** A trip that is not set is 0, negative or absurd. */
  private static OptionalDouble degrees(FileText text, double least) {
    return text.number("", Unit.CELSIUS, MILLI, least, HOTTEST).value();
  }

  private String throttle() {
    return files.children(FOLDER, "cooling_device*").stream()
        .map(device -> FOLDER + "/" + device)
        .filter(device -> files.read(device + "/type").stripped().equals(THROTTLE))
        .findFirst()
        .orElse("");
  }
}
