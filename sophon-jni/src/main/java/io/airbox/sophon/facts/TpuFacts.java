package io.airbox.sophon.facts;

import io.airbox.sophon.Heap;
import io.airbox.sophon.LibsophonVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the files of SOC mode tell of the TPU. Heaps and the TPU's clock lie in debugfs, which only
 * root may read; for other users they are empty here, and an open {@code TpuDevice} tells them.
 *
 * @param devicePresent whether the driver has made its node
 * @param heaps in the driver's order; empty when they cannot be read
 * @param usePercent the share of the last half second in which the TPU had work, in steps of 2
 * @param averageUsePercent the same since the driver was loaded
 * @param libraryVersion the release that {@code libsophon-current} leads to
 * @param chip as {@code bm1684x}
 * @param deviceTree the compiled description of the board, as {@code bm1684x_sm7_airbox.dtb}
 * @param model the board's name by its controller, as {@code SM7 AIRBOX}
 * @param serialNumber the product's, by its controller
 */
public record TpuFacts(
    boolean devicePresent,
    List<HeapFacts> heaps,
    OptionalInt usePercent,
    OptionalInt averageUsePercent,
    OptionalInt tpuMegahertz,
    OptionalInt cpuMegahertz,
    Optional<LibsophonVersion> libraryVersion,
    Optional<String> chip,
    Optional<String> deviceTree,
    Optional<String> model,
    Optional<String> serialNumber) {
  public TpuFacts {
    heaps = List.copyOf(heaps);
  }

  /**
   * One heap by the driver's books, all processes counted.
   *
   * @param peakBytes the most that was used since the start or since root reset it
   */
  public record HeapFacts(Heap heap, long totalBytes, long usedBytes, OptionalLong peakBytes) {}

  private static final String ION = "sys/kernel/debug/ion";
  private static final String USE = "sys/class/bm-tpu/bm-tpu0/device/npu_usage";
  private static final String TPU_CLOCK = "sys/kernel/debug/clk/tpll_clock/clk_rate";
  private static final String CPU_CLOCK = "sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq";
  private static final String CONTROLLER = "sys/bus/i2c/devices/1-0017/information";

  /** {@code bitmain_ion_debugfs.c} of the vendor's kernel 5.4. */
  private static final Pattern HEAP =
      Pattern.compile(
          "^\\[(\\d+)\\] (\\w+) heap size:(\\d+) bytes, used:(\\d+) bytes\\s+usage rate:\\d+%,"
              + " memory usage peak (\\d+) bytes",
          Pattern.MULTILINE);

  /** {@code usage:4 avusage:2}, or in other releases {@code "usage": 4, "avusage": 2}. */
  private static final Pattern USAGE =
      Pattern.compile("\\busage\"?\\s*:\\s*(-?\\d+)\\D+avusage\"?\\s*:\\s*(-?\\d+)");

  private static final Pattern CPU_MODEL =
      Pattern.compile("^model name\\s*:\\s*(\\S+)", Pattern.MULTILINE);

  /** The largest of these files has a line per core; a summary a line per buffer. */
  private static final int MOST_BYTES = 1 << 18;

  private static final int MOST_TEXT = 64;
  private static final long MEGA = 1_000_000;
  private static final int MOST_MEGAHERTZ = 10_000;

  /** Reads the files below a root, {@code /} for this machine. Never fails; what fails is empty. */
  public static TpuFacts read(Path root) {
    Optional<String> usage = text(root, USE);
    Optional<String> controller = text(root, CONTROLLER);
    return new TpuFacts(
        Files.exists(root.resolve("dev/bm-tpu0")) || Files.exists(root.resolve("dev/bm-sophon0")),
        heaps(root),
        usage.map(t -> percent(t, 1)).orElse(OptionalInt.empty()),
        usage.map(t -> percent(t, 2)).orElse(OptionalInt.empty()),
        megahertz(text(root, TPU_CLOCK), MEGA),
        // cpufreq counts in kHz
        megahertz(text(root, CPU_CLOCK), MEGA / 1000),
        library(root),
        text(root, "proc/cpuinfo").flatMap(t -> first(CPU_MODEL, t)),
        text(root, "proc/device-tree/info/file-name").flatMap(TpuFacts::name),
        controller.flatMap(t -> value(t, "model")),
        controller.flatMap(t -> value(t, "product sn")));
  }

  private static List<HeapFacts> heaps(Path root) {
    List<HeapFacts> heaps = new ArrayList<>();
    for (Heap heap : Heap.values()) {
      text(root, ION + "/bm_" + heap.id() + "_heap_dump/summary")
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
    OptionalLong total = number(line.group(3));
    OptionalLong used = number(line.group(4));
    if (total.orElse(0) <= 0 || used.isEmpty() || used.getAsLong() > total.getAsLong()) {
      return Optional.empty();
    }
    return Optional.of(
        new HeapFacts(heap, total.getAsLong(), used.getAsLong(), number(line.group(5))));
  }

  private static OptionalInt percent(String usage, int group) {
    Matcher numbers = USAGE.matcher(usage);
    if (!numbers.find()) {
      return OptionalInt.empty();
    }
    OptionalLong percent = number(numbers.group(group));
    // -1023 and the like mean that the statistics are off
    return percent.isPresent() && percent.getAsLong() <= 100
        ? OptionalInt.of((int) percent.getAsLong())
        : OptionalInt.empty();
  }

  private static OptionalInt megahertz(Optional<String> text, long unitsInOne) {
    OptionalLong rate = text.map(t -> number(t.strip())).orElse(OptionalLong.empty());
    long megahertz = rate.orElse(0) / unitsInOne;
    return megahertz > 0 && megahertz <= MOST_MEGAHERTZ
        ? OptionalInt.of((int) megahertz)
        : OptionalInt.empty();
  }

  private static Optional<LibsophonVersion> library(Path root) {
    try {
      // the link's text: on a recorded tree an absolute target is not below the root
      Path target = Files.readSymbolicLink(root.resolve("opt/sophon/libsophon-current"));
      Path name = target.getFileName();
      return name == null ? Optional.empty() : LibsophonVersion.ofFolder(name.toString());
    } catch (IOException | UnsupportedOperationException e) {
      return Optional.empty();
    }
  }

  /** A value of the controller's text, which is like JSON with a key on each line. */
  private static Optional<String> value(String text, String key) {
    return first(Pattern.compile("\"" + Pattern.quote(key) + "\"\\s*:\\s*\"([^\"]*)\""), text)
        .flatMap(TpuFacts::name);
  }

  private static Optional<String> first(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /** A short printable text without a NUL at its end; anything else is odd. */
  private static Optional<String> name(String text) {
    int end = text.indexOf('\0');
    String name = (end < 0 ? text : text.substring(0, end)).strip();
    boolean printable = name.chars().allMatch(c -> c >= ' ' && c < 127);
    return name.isEmpty() || name.length() > MOST_TEXT || !printable
        ? Optional.empty()
        : Optional.of(name);
  }

  /** A number that is not negative; empty for anything else. */
  private static OptionalLong number(String digits) {
    return digits.matches("\\d{1,18}")
        ? OptionalLong.of(Long.parseLong(digits))
        : OptionalLong.empty();
  }

  private static Optional<String> text(Path root, String name) {
    Path file = root.resolve(name);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try (SeekableByteChannel channel = Files.newByteChannel(file)) {
      ByteBuffer bytes = ByteBuffer.allocate(MOST_BYTES);
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
        // a file of the kernel has no size and ends when it says so
      }
      return Optional.of(StandardCharsets.ISO_8859_1.decode(bytes.flip()).toString());
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
