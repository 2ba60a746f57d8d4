package io.airbox.sophon.facts;

import io.airbox.sophon.LibsophonVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One sample of bm-smi's table, as {@code bm-smi --noloop --lms=500 --file=PATH} writes it.
 *
 * <p>Read by its bars and words, not by its columns, which moved between releases; text that lost
 * its runs of spaces is understood too. {@code N/A} (not supported) and {@code F} (fault) are both
 * empty.
 *
 * @param libraryVersion the release of bm-smi and its libraries
 * @param driverVersion the kernel module's
 */
public record BmSmiScreen(
    Optional<LibsophonVersion> libraryVersion,
    Optional<LibsophonVersion> driverVersion,
    List<Device> devices,
    List<User> users) {
  public BmSmiScreen {
    devices = List.copyOf(devices);
    users = List.copyOf(users);
  }

  /**
   * One TPU. In SOC mode bm-smi knows the clocks, the use, the memory and the state only.
   *
   * @param name board or chip, as {@code 1684X-SOC}
   * @param mode {@code SOC} or {@code PCIE}
   * @param active false when the driver has given the TPU up
   * @param usedMebibytes of the heaps' sum
   */
  public record Device(
      int index,
      Optional<String> name,
      Optional<String> mode,
      Optional<String> serialNumber,
      OptionalInt boardCelsius,
      OptionalInt chipCelsius,
      OptionalDouble tpuWatts,
      OptionalInt tpuMillivolts,
      OptionalInt usePercent,
      OptionalInt minimumMegahertz,
      OptionalInt maximumMegahertz,
      OptionalInt currentMegahertz,
      Optional<String> bus,
      boolean active,
      OptionalDouble tpuAmperes,
      OptionalLong usedMebibytes,
      OptionalLong totalMebibytes) {}

  /** A process that holds device memory. */
  public record User(int device, long pid, String name, long mebibytes) {}

  private static final Pattern VERSIONS =
      Pattern.compile(
          "(?:SDK|Lib)\\s*Version:\\s*(\\S*?)\\s*Driver\\s*Version:\\s*(\\d+\\.\\d+\\.\\d+)?");

  private static final String VALUE = "N/A|OFF|ON|F|-?\\d+(?:\\.\\d+)?(?:mV|mA|A|W|M|C|%)?";
  private static final Pattern VALUES = Pattern.compile(VALUE);

  /** card, name, mode, serial number; the card's number may stick to the name. */
  private static final Pattern CARD =
      Pattern.compile("\\s*(?:\\d{1,2}?|N/A)?\\s*(\\S.*?)\\s+(SOC|PCIE)\\s+(\\S+)\\s*");

  private static final Pattern STATE =
      Pattern.compile(
          "\\s*(\\S+?)\\s+(Active|Fault)\\s*("
              + VALUE
              + ")\\s+("
              + VALUE
              + ")\\s*(\\d+)MB/\\s*(\\d+)MB\\s*");

  private static final Pattern PROCESS =
      Pattern.compile("\\s*(\\d{1,3})\\s+(\\d{1,10})\\s+(\\S.*?)\\s+(\\d{1,12})MB\\s*");

  private static final int FIRST_ROW_VALUES = 8;
  private static final int CLOCK_ROW_VALUES = 6;

  /** All samples in a capture, the oldest first; what is no table is skipped. */
  public static List<BmSmiScreen> parse(String capture) {
    List<BmSmiScreen> screens = new ArrayList<>();
    @Nullable Sample sample = null;
    for (String line : capture.lines().toList()) {
      Matcher versions = VERSIONS.matcher(line);
      if (versions.find()) {
        if (sample != null) {
          screens.add(sample.screen());
        }
        sample = new Sample(version(versions.group(1)), version(versions.group(2)));
      } else if (sample != null) {
        sample.read(line);
      }
    }
    if (sample != null) {
      screens.add(sample.screen());
    }
    return List.copyOf(screens);
  }

  /** The rows of one sample as they come. */
  private static final class Sample {
    private final Optional<LibsophonVersion> library;
    private final Optional<LibsophonVersion> driver;
    private final List<Device> devices = new ArrayList<>();
    private final List<User> users = new ArrayList<>();
    private String firstLeft = "";
    private List<String> first = List.of();

    Sample(Optional<LibsophonVersion> library, Optional<LibsophonVersion> driver) {
      this.library = library;
      this.driver = driver;
    }

    void read(String line) {
      String[] cells = line.strip().split("\\|", -1);
      if (cells.length != 4) {
        Matcher process = PROCESS.matcher(line);
        if (process.matches()) {
          users.add(
              new User(
                  Integer.parseInt(process.group(1)),
                  Long.parseLong(process.group(2)),
                  process.group(3),
                  Long.parseLong(process.group(4))));
        }
        return;
      }
      List<String> right = values(cells[2]);
      Matcher state = STATE.matcher(cells[2]);
      if (state.matches() && first.size() == FIRST_ROW_VALUES) {
        devices.add(device(firstLeft, first, values(cells[1]), state));
        first = List.of();
      } else if (right.size() == FIRST_ROW_VALUES && right.get(0).matches("\\d{1,3}")) {
        firstLeft = cells[1];
        first = right;
      }
    }

    BmSmiScreen screen() {
      return new BmSmiScreen(library, driver, devices, users);
    }

    private static Device device(
        String left, List<String> values, List<String> clocks, Matcher state) {
      Matcher card = CARD.matcher(left);
      boolean named = card.matches();
      boolean clocked = clocks.size() == CLOCK_ROW_VALUES;
      OptionalLong total = mebibytes(state.group(6));
      // a device without memory is one whose driver did not answer
      boolean remembers = total.orElse(0) > 0;
      return new Device(
          Integer.parseInt(values.get(0)),
          named ? text(card.group(1)) : Optional.empty(),
          named ? text(card.group(2)) : Optional.empty(),
          named ? text(card.group(3)) : Optional.empty(),
          integer(values.get(1), "C", -60, 200),
          integer(values.get(2), "C", -60, 200),
          decimal(values.get(3), "W"),
          integer(values.get(4), "mV", 1, 100_000),
          integer(values.get(7), "%", 0, 100),
          clocked ? integer(clocks.get(3), "M", 1, 10_000) : OptionalInt.empty(),
          clocked ? integer(clocks.get(4), "M", 1, 10_000) : OptionalInt.empty(),
          integer(state.group(3), "M", 1, 10_000),
          text(state.group(1)),
          state.group(2).equals("Active"),
          decimal(state.group(4), "A"),
          remembers ? mebibytes(state.group(5)) : OptionalLong.empty(),
          remembers ? total : OptionalLong.empty());
    }
  }

  private static List<String> values(String cell) {
    return VALUES.matcher(cell).results().map(match -> match.group()).toList();
  }

  private static Optional<String> text(String cell) {
    return cell.equals("N/A") || cell.equals("F") ? Optional.empty() : Optional.of(cell);
  }

  private static OptionalInt integer(String value, String unit, int least, int most) {
    if (!value.matches("-?\\d{1,6}" + unit)) {
      return OptionalInt.empty();
    }
    int number = Integer.parseInt(value.substring(0, value.length() - unit.length()));
    return number >= least && number <= most ? OptionalInt.of(number) : OptionalInt.empty();
  }

  private static OptionalDouble decimal(String value, String unit) {
    return value.matches("\\d{1,6}(\\.\\d{1,6})?" + unit)
        ? OptionalDouble.of(Double.parseDouble(value.substring(0, value.length() - unit.length())))
        : OptionalDouble.empty();
  }

  private static OptionalLong mebibytes(String digits) {
    return digits.length() <= 12 ? OptionalLong.of(Long.parseLong(digits)) : OptionalLong.empty();
  }

  private static Optional<LibsophonVersion> version(@Nullable String text) {
    return text == null ? Optional.empty() : LibsophonVersion.ofText(text);
  }
}
