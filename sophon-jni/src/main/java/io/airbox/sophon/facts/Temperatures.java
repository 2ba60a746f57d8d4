package io.airbox.sophon.facts;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How warm the chip and the board are: the two columns of bm-smi, which it leaves open in SOC mode.
 * Thermal zones tell them to everybody; where they do not, the board's controller does, over I²C:
 * read it no more often than every two seconds.
 *
 * @param chip the TPU's and CPU's common die
 * @param board the sensor beside it
 */
public record Temperatures(Optional<Reading> chip, Optional<Reading> board) {
  /**
   * A temperature.
   *
   * @param celsius -60…200, rounded
   * @param source the file that told it, from the root on
   */
  public record Reading(int celsius, String source) {}

  private static final String ZONES = "sys/class/thermal/thermal_zone";
  private static final int MOST_ZONES = 16;

  /** The vendor's kernel has these two zones in this order; their names were not seen on a box. */
  private static final String CHIP_ZONE = "soc";

  private static final String BOARD_ZONE = "board";

  private static final String CONTROLLER = "sys/bus/i2c/devices/1-0017/temperature";

  /** {@code SoC temperature: 48 Cel}, {@code umcu/mcu.c} of the vendor's kernel. */
  private static final Pattern CHIP = Pattern.compile("(?m)^SoC temperature:\\s*(-?\\d{1,4}) Cel");

  private static final Pattern BOARD =
      Pattern.compile("(?m)^Board temperature:\\s*(-?\\d{1,4}) Cel");

  private static final int COLDEST = -60;
  private static final int HOTTEST = 200;

  /** Reads the files below a root, {@code /} for this machine. Never fails; what fails is empty. */
  public static Temperatures read(Path root) {
    Optional<Reading> chip = zone(root, CHIP_ZONE);
    Optional<Reading> board = zone(root, BOARD_ZONE);
    if (chip.isPresent() && board.isPresent()) {
      return new Temperatures(chip, board);
    }
    Optional<String> controller = BoxFiles.text(root, CONTROLLER);
    return new Temperatures(
        chip.or(() -> controller.flatMap(text -> told(text, CHIP))),
        board.or(() -> controller.flatMap(text -> told(text, BOARD))));
  }

  /** The zone of this type. A laptop's zones have other types, and say nothing of a TPU. */
  private static Optional<Reading> zone(Path root, String type) {
    for (int i = 0; i < MOST_ZONES; i++) {
      String zone = ZONES + i;
      Optional<String> named = BoxFiles.text(root, zone + "/type").map(String::strip);
      if (named.isEmpty()) {
        return Optional.empty();
      }
      if (isOfType(named.get(), type)) {
        return BoxFiles.text(root, zone + "/temp")
            .map(String::strip)
            .filter(text -> text.matches("-?\\d{1,7}"))
            .map(text -> Math.round(Integer.parseInt(text) / 1000f))
            .flatMap(celsius -> reading(celsius, zone + "/temp"));
      }
    }
    return Optional.empty();
  }

  /** Some kernels end a type with {@code -thermal} or {@code _thermal}. */
  private static boolean isOfType(String zone, String type) {
    return zone.equals(type) || zone.equals(type + "-thermal") || zone.equals(type + "_thermal");
  }

  private static Optional<Reading> told(String text, Pattern pattern) {
    return BoxFiles.first(pattern, text)
        .flatMap(celsius -> reading(Integer.parseInt(celsius), CONTROLLER));
  }

  private static Optional<Reading> reading(int celsius, String source) {
    return celsius >= COLDEST && celsius <= HOTTEST
        ? Optional.of(new Reading(celsius, source))
        : Optional.empty();
  }
}
