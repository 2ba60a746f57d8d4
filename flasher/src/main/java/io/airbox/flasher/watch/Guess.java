package io.airbox.flasher.watch;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How far a flash is by the name of a chunk alone, from the vendor's usual partitions. */
final class Guess {
  /** The boot firmware takes about as long as so many blocks of the eMMC. */
  static final long FIRMWARE_BLOCKS = 4096;

  private static final Pattern CHUNK = Pattern.compile("(.+)\\.(\\d{1,5})-of-(\\d{1,5})\\.gz");

  /** Chunks of a usual package, in the order in which they are written. */
  private static final Map<String, Integer> USUAL = new LinkedHashMap<>();

  static {
    USUAL.put("boot", 2);
    USUAL.put("recovery", 2);
    USUAL.put("misc", 1);
    USUAL.put("rootfs", 27);
    USUAL.put("rootfs_rw", 2);
    USUAL.put("opt", 3);
    USUAL.put("data", 2);
  }

  private Guess() {}

  /**
   * How far it is.
   *
   * @param inside how much of the chunk is done, 0…1
   */
  static double fraction(String file, double inside) {
    Matcher chunk = CHUNK.matcher(file);
    if (!chunk.matches()) {
      return 0;
    }
    String label = chunk.group(1);
    int number = Integer.parseInt(chunk.group(2));
    int of = Math.max(number, Integer.parseInt(chunk.group(3)));
    if (!USUAL.containsKey(label)) {
      return 0;
    }
    double before = 0;
    double total = 0;
    boolean reached = false;
    for (Map.Entry<String, Integer> each : USUAL.entrySet()) {
      boolean here = each.getKey().equals(label);
      reached |= here;
      total += here ? of : each.getValue();
      before += reached ? 0 : each.getValue();
    }
    return (before + number - 1 + inside) / total;
  }
}
