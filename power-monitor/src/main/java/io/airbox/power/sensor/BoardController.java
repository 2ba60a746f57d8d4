package io.airbox.power.sensor;

import io.airbox.power.Unit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The microcontroller of a box: input power, its own two temperatures, its alerts, how long the box
 * has had power and how often it was reset. Formats are those of {@code umcu/mcu.c} of the vendor's
 * kernel. Each file is a transfer over I²C: this is the one reader, every two seconds. Nothing is
 * ever written.
 */
final class BoardController implements Probe {
  static final String FOLDER = "sys/bus/i2c/devices/1-0017";

  private static final Duration PERIOD = Duration.ofSeconds(2);

  /** The driver keeps {@code information} as it was at the system's start. */
  private static final int ROUNDS_BETWEEN_INFORMATION = 30;

  private static final Pattern POWER = Pattern.compile("^(\\d{1,10})mW\\s*$");
  private static final Pattern CHIP = Pattern.compile("(?m)^SoC temperature: (-?\\d{1,4}) Cel");
  private static final Pattern BOARD = Pattern.compile("(?m)^Board temperature: (-?\\d{1,4}) Cel");
  private static final Pattern UPTIME = Pattern.compile("^(\\d{1,10}) Seconds");
  private static final Pattern RESETS = Pattern.compile("\"reset count\": (\\d{1,10})\\s");
  private static final Pattern MODEL = Pattern.compile("\"model\"\\s*:\\s*\"([^\"]*)\"");
  private static final Pattern SERIAL_NUMBER =
      Pattern.compile("\"product sn\"\\s*:\\s*\"([^\"]*)\"");
  private static final Pattern STATUS =
      Pattern.compile("^Mask 0x[0-9a-fA-F]{1,4}, Status 0x([0-9a-fA-F]{1,4})\\s");
  private static final Pattern ALERT = Pattern.compile("(?m)^(\\d{1,2}): (\\S[^\n]{0,79})$");

  /** The known alerts stand below it, the present ones above. */
  private static final String LINE = "*****";

  private static final int BITS = 16;

  /** A running box needs more than nothing; all ones is what a bus without an answer reads as. */
  private static final double LEAST_WATTS = 0.001;

  private static final double MOST_WATTS = 65.534;
  private static final double COLDEST = -60;
  private static final double HOTTEST = 127;

  private final SystemFiles files;
  private final ControllerUptime uptime = new ControllerUptime();
  private Measurement resets = Measurement.expected("controller.resets", Unit.COUNT, FOLDER);
  private Map<String, String> names = Map.of();
  private int round;

  BoardController(SystemFiles files) {
    this.files = files;
  }

  @Override
  public String name() {
    return "controller";
  }

  @Override
  public Duration period() {
    return PERIOD;
  }

  @Override
  public List<Measurement> expected() {
    return List.of(
        Measurement.expected("power.input", Unit.WATTS, FOLDER),
        Measurement.expected("temperature.controller-soc", Unit.CELSIUS, FOLDER),
        Measurement.expected("temperature.controller-board", Unit.CELSIUS, FOLDER),
        resets,
        Measurement.expected("controller.uptime", Unit.SECONDS, FOLDER),
        Measurement.expected("controller.alerts", Unit.COUNT, FOLDER));
  }

  @Override
  public Findings read() {
    List<Measurement> found = new ArrayList<>();
    found.add(
        file("power-now").number("power.input", Unit.WATTS, POWER, 1000, LEAST_WATTS, MOST_WATTS));
    FileText temperature = file("temperature");
    found.add(
        temperature.number("temperature.controller-soc", Unit.CELSIUS, CHIP, 1, COLDEST, HOTTEST));
    found.add(
        temperature.number(
            "temperature.controller-board", Unit.CELSIUS, BOARD, 1, COLDEST, HOTTEST));
    if (round++ % ROUNDS_BETWEEN_INFORMATION == 0) {
      FileText information = file("information");
      resets = information.number("controller.resets", Unit.COUNT, RESETS, 1, 0, 255);
      names = names(information);
    }
    found.add(resets);
    found.add(uptime());
    alerts(file("alert"), found);
    return new Findings(found, List.of(), names);
  }

  private static Map<String, String> names(FileText information) {
    Map<String, String> found = new HashMap<>();
    String text = information.text().orElse("");
    name(MODEL, text).ifPresent(model -> found.put("controller.model", model));
    name(SERIAL_NUMBER, text).ifPresent(number -> found.put("controller.serial-number", number));
    return found;
  }

  private static Optional<String> name(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find()
        ? Optional.of(FileText.shown(matcher.group(1).strip())).filter(name -> !name.isEmpty())
        : Optional.empty();
  }

  private FileText file(String name) {
    return files.read(FOLDER + "/" + name);
  }

  private Measurement uptime() {
    Measurement told =
        file("uptime")
            .number("controller.uptime", Unit.SECONDS, UPTIME, 1, 0, ControllerUptime.WRAP - 1);
    if (told.value().isEmpty()) {
      return told;
    }
    double system = Uptime.seconds(files.read(Uptime.FILE)).orElse(0);
    return Measurement.of(
        told.id(),
        told.unit(),
        uptime.since((int) told.value().getAsDouble(), system),
        told.source());
  }

  /** One for each alert that the board knows, 1 while it holds, and how many hold. */
  private static void alerts(FileText file, List<Measurement> found) {
    Matcher status = STATUS.matcher(file.text().orElse(""));
    if (!status.find()) {
      found.add(Measurement.unknown("controller.alerts", Unit.COUNT, file.source(), file.odd()));
      return;
    }
    int bits = Integer.parseInt(status.group(1), 16);
    found.add(
        Measurement.of("controller.alerts", Unit.COUNT, Integer.bitCount(bits), file.source()));
    String text = file.text().orElse("");
    Matcher alert = ALERT.matcher(text);
    Name names = new Name();
    for (int from = Math.max(0, text.indexOf(LINE)); alert.find(from); from = alert.end()) {
      int bit = Integer.parseInt(alert.group(1));
      if (bit < BITS) {
        String id = "alert." + names.unique(alert.group(2));
        found.add(Measurement.of(id, Unit.COUNT, (bits >> bit) & 1, file.source()));
      }
    }
  }
}
