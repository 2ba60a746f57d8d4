package io.airbox.sophon.facts;

import io.airbox.sophon.Heap;
import io.airbox.sophon.LibsophonVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * What the files of SOC mode tell of the TPU. Heaps and the TPU's clock lie in debugfs, which only
 * root may read; for other users they are empty here, and an open {@code TpuDevice} tells them.
 *
 * @param devicePresent whether the driver has made its node
 * @param mode {@code SOC} when Linux runs on the chip itself, {@code PCIE} when it is on a card
 * @param heaps in the driver's order; empty when they cannot be read
 * @param usePercent the share of the last half second in which the TPU had work, in steps of 2
 * @param averageUsePercent the same since the driver was loaded
 * @param libraryVersion the release that {@code libsophon-current} leads to
 * @param driverVersion the release of the kernel's module
 * @param chip as {@code bm1684x}
 * @param deviceTree the compiled description of the board, as {@code bm1684x_sm7_airbox.dtb}
 * @param model the board's name by its controller, as {@code SM7 AIRBOX}
 * @param serialNumber the product's, by its controller
 */
public record TpuFacts(
    boolean devicePresent,
    Optional<String> mode,
    List<HeapFacts> heaps,
    OptionalInt usePercent,
    OptionalInt averageUsePercent,
    OptionalInt tpuMegahertz,
    OptionalInt cpuMegahertz,
    Optional<LibsophonVersion> libraryVersion,
    Optional<LibsophonVersion> driverVersion,
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

  /** The driver's node in SOC mode, from the root on as all these. */
  public static final String NODE = "dev/bm-tpu0";

  /** Where the TPU's use is told. */
  public static final String USE = "sys/class/bm-tpu/bm-tpu0/device/npu_usage";

  /** Where the TPU's clock is told. For root only. */
  public static final String TPU_CLOCK = "sys/kernel/debug/clk/tpll_clock/clk_rate";

  /** The link to the libraries in use. */
  public static final String LIBRARY = "opt/sophon/libsophon-current";

  /** Where the kernel tells its module's {@code MODULE_VERSION}. */
  public static final String DRIVER = "sys/module/bmtpu/version";

  /** Where the chip is told. */
  public static final String CPU = "proc/cpuinfo";

  /** The name of the board's description. */
  public static final String DEVICE_TREE = "proc/device-tree/info/file-name";

  /** What the board's controller tells of itself; each read goes over I²C. */
  public static final String CONTROLLER = "sys/bus/i2c/devices/1-0017/information";

  /** The range that bm-smi shows for each BM1684X in SOC mode; the heat's last step is below it. */
  public static final int MINIMUM_MEGAHERTZ = 75;

  /** The other end of that range. */
  public static final int MAXIMUM_MEGAHERTZ = 950;

  /** Only this vendor's: on other machines it is the name of a CPU that has no TPU. */
  private static final Pattern CPU_MODEL =
      Pattern.compile("^model name\\s*:\\s*((?:bm|cv)\\d\\w{0,15})", Pattern.MULTILINE);

  /** Reads the files below a root, {@code /} for this machine. Never fails; what fails is empty. */
  public static TpuFacts read(Path root) {
    return of(root, TpuActivity.read(root), BoxFiles.text(root, CONTROLLER));
  }

  /**
   * What stays as it is while the system runs, as far as files tell it that always answer at once:
   * neither the controller, nor use, clocks and heaps. Never fails; what fails is empty.
   */
  public static TpuFacts lasting(Path root) {
    return of(
        root,
        new TpuActivity(
            List.of(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            OptionalInt.empty()),
        Optional.empty());
  }

  private static TpuFacts of(Path root, TpuActivity activity, Optional<String> controller) {
    boolean soc = Files.exists(root.resolve(NODE));
    boolean pcie = Files.exists(root.resolve("dev/bm-sophon0"));
    return new TpuFacts(
        soc || pcie,
        soc ? Optional.of("SOC") : pcie ? Optional.of("PCIE") : Optional.empty(),
        activity.heaps(),
        activity.usePercent(),
        activity.averageUsePercent(),
        activity.tpuMegahertz(),
        activity.cpuMegahertz(),
        library(root),
        BoxFiles.text(root, DRIVER).flatMap(t -> LibsophonVersion.ofText(t.strip())),
        BoxFiles.text(root, CPU).flatMap(t -> BoxFiles.first(CPU_MODEL, t)),
        BoxFiles.text(root, DEVICE_TREE).flatMap(BoxFiles::name),
        controller.flatMap(t -> value(t, "model")),
        controller.flatMap(t -> value(t, "product sn")));
  }

  /** Where a heap is told, from the root on. For root only. */
  public static String heapFile(Heap heap) {
    return "sys/kernel/debug/ion/bm_" + heap.id() + "_heap_dump/summary";
  }

  private static Optional<LibsophonVersion> library(Path root) {
    try {
      // the link's text: on a recorded tree an absolute target is not below the root
      Path target = Files.readSymbolicLink(root.resolve(LIBRARY));
      Path name = target.getFileName();
      return name == null ? Optional.empty() : LibsophonVersion.ofFolder(name.toString());
    } catch (IOException | UnsupportedOperationException e) {
      return Optional.empty();
    }
  }

  /** A value of the controller's text, which is like JSON with a key on each line. */
  private static Optional<String> value(String text, String key) {
    return BoxFiles.first(
            Pattern.compile("\"" + Pattern.quote(key) + "\"\\s*:\\s*\"([^\"]*)\""), text)
        .flatMap(BoxFiles::name);
  }
}
