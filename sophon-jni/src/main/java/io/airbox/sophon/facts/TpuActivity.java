package io.airbox.sophon.facts;

import io.airbox.sophon.Heap;
import io.airbox.sophon.facts.TpuFacts.HeapFacts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What changes from moment to moment of {@link TpuFacts}: cheap to ask every second, for none of
 * its files is behind I²C.
 *
 * @param heaps in the driver's order; empty when they cannot be read
 * @param usePercent the share of the last half second in which the TPU had work, in steps of 2
 * @param averageUsePercent the same since the driver was loaded
 */
public record TpuActivity(
    List<HeapFacts> heaps,
    OptionalInt usePercent,
    OptionalInt averageUsePercent,
    OptionalInt tpuMegahertz,
    OptionalInt cpuMegahertz) {
  public TpuActivity {
    heaps = List.copyOf(heaps);
  }

  private static final String CPU_CLOCK = "sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq";

  /** {@code bitmain_ion_debugfs.c} of the vendor's kernel 5.4. */
  private static final Pattern HEAP =
      Pattern.compile(
          "^\\[(\\d+)\\] (\\w+) heap size:(\\d+) bytes, used:(\\d+) bytes\\s+usage rate:\\d+%,"
              + " memory usage peak (\\d+) bytes",
          Pattern.MULTILINE);

  /** {@code usage:4 avusage:2}, or in other releases {@code "usage": 4, "avusage": 2}. */
  private static final Pattern USAGE =
      Pattern.compile("\\busage\"?\\s*:\\s*(-?\\d+)\\D+avusage\"?\\s*:\\s*(-?\\d+)");

  private static final long MEGA = 1_000_000;
  private static final int MOST_MEGAHERTZ = 10_000;

  /** Reads the files below a root, {@code /} for this machine. Never fails; what fails is empty. */
  public static TpuActivity read(Path root) {
    Optional<String> usage = BoxFiles.text(root, TpuFacts.USE);
    return new TpuActivity(
        heaps(root),
        usage.map(t -> percent(t, 1)).orElse(OptionalInt.empty()),
        usage.map(t -> percent(t, 2)).orElse(OptionalInt.empty()),
        megahertz(BoxFiles.text(root, TpuFacts.TPU_CLOCK), MEGA),
        // cpufreq counts in kHz
        megahertz(BoxFiles.text(root, CPU_CLOCK), MEGA / 1000));
  }

  private static List<HeapFacts> heaps(Path root) {
    List<HeapFacts> heaps = new ArrayList<>();
    for (Heap heap : Heap.values()) {
      BoxFiles.text(root, TpuFacts.heapFile(heap))
          .flatMap(summary -> heap(heap, summary))
          .ifPresent(heaps::add);
    }
    return heaps;
  }

  private static Optional<HeapFacts> heap(Heap heap, String summary) {
    Matcher line = HEAP.matcher(summary);
    if (!line.find() || !line.group(2).equals(heap.id())) {
      return Optional.empty();
    }
    OptionalLong total = BoxFiles.number(line.group(3));
    OptionalLong used = BoxFiles.number(line.group(4));
    if (total.orElse(0) <= 0 || used.isEmpty() || used.getAsLong() > total.getAsLong()) {
      return Optional.empty();
    }
    return Optional.of(
        new HeapFacts(heap, total.getAsLong(), used.getAsLong(), BoxFiles.number(line.group(5))));
  }

  private static OptionalInt percent(String usage, int group) {
    Matcher numbers = USAGE.matcher(usage);
    if (!numbers.find()) {
      return OptionalInt.empty();
    }
    OptionalLong percent = BoxFiles.number(numbers.group(group));
    // -1023 and the like mean that the statistics are off
    return percent.isPresent() && percent.getAsLong() <= 100
        ? OptionalInt.of((int) percent.getAsLong())
        : OptionalInt.empty();
  }

  private static OptionalInt megahertz(Optional<String> text, long unitsInOne) {
    OptionalLong rate = text.map(t -> BoxFiles.number(t.strip())).orElse(OptionalLong.empty());
    long megahertz = rate.orElse(0) / unitsInOne;
    return megahertz > 0 && megahertz <= MOST_MEGAHERTZ
        ? OptionalInt.of((int) megahertz)
        : OptionalInt.empty();
  }
}
