package io.airbox.sophon;

import io.airbox.sophon.TpuException.Reason;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An open TPU, owner of all device memory and of all models in it.
 *
 * <p>A device and everything made from it belong to the thread that opened it: the vendor's wait
 * for a launch sees only launches of its own thread, and a free that races with a copy ends the
 * process. A call from elsewhere is refused with {@code WRONG_THREAD} before it reaches C; a thread
 * that only watches opens a device of its own.
 *
 * <p>Closing gives back what is still held: memory, then models, of each the youngest first.
 */
public final class TpuDevice implements AutoCloseable {
  /** How host memory and device memory are copied. */
  public enum Transfer {
    /** By the library's copies. Works everywhere. */
    COPY,
    /**
     * By the CPU, through mapped device memory with explicit cache maintenance. In SOC mode only,
     * where device memory is the CPU's memory.
     */
    MAPPED
  }

  /** One live buffer of the {@linkplain #holdings() ledger}. */
  public record Holding(String purpose, Heap heap, long bytes) {}

  private final Driver driver;
  private final Driver.Device device;
  private final int index;
  private final Transfer transfer;
  private final Thread owner = Thread.currentThread();
  private final Set<DeviceMemory> memories = new LinkedHashSet<>();
  private final Set<BModel> models = new LinkedHashSet<>();
  private final int chipId;
  private boolean hung;
  private boolean keepsSome;
  private boolean closed;

  private TpuDevice(Driver driver, Driver.Device device, int index, Transfer transfer) {
    this.driver = driver;
    this.device = device;
    this.index = index;
    this.transfer = transfer;
    this.chipId = device.chipId();
  }

  /** Opens a device for the calling thread, copying by the library. */
  public static TpuDevice open(Driver driver, int index) {
    return open(driver, index, Transfer.COPY);
  }

  /**
   * Opens a device for the calling thread.
   *
   * @throws TpuException {@code DEVICE_MISSING}, {@code PERMISSION_DENIED}, {@code
   *     DEVICE_UNAVAILABLE}; {@code DEVICE_HUNG} when its driver has given it up; {@code
   *     NOT_SUPPORTED} for a mapped transfer where device memory cannot be mapped. Nothing stays
   *     open.
   */
  public static TpuDevice open(Driver driver, int index, Transfer transfer) {
    int count = driver.deviceCount();
    if (index < 0 || index >= count) {
      throw TpuException.of(
          Reason.DEVICE_MISSING,
          "device " + index + " does not exist: " + driver.description() + " counts " + count,
          "is the driver (bmtpu) loaded? lsmod and dmesg tell");
    }
    Driver.Device opened = driver.open(index);
    try {
      TpuDevice device = new TpuDevice(driver, opened, index, transfer);
      if (opened.hung().orElse(false)) {
        throw device.hangs(null);
      }
      if (transfer == Transfer.MAPPED && !opened.mapsMemory()) {
        throw TpuException.of(
            Reason.NOT_SUPPORTED,
            "device " + index + " is no SOC device, so its memory cannot be mapped",
            "use the transfer COPY");
      }
      return device;
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  public int index() {
    return index;
  }

  /** The chip's name, {@code BM1684X}; of a chip unknown to us its number, as {@code 0x1688}. */
  public String chip() {
    return switch (chipId) {
      case 0x1684 -> "BM1684";
      case 0x1686 -> "BM1684X";
      case 0x1686a200 -> "BM1688";
      default -> "0x" + Integer.toHexString(chipId);
    };
  }

  /** The driver that this device was opened with. */
  public Driver driver() {
    return driver;
  }

  /** The kernel module's version; empty when not told. */
  public Optional<LibsophonVersion> driverVersion() {
    check();
    return device.driverVersion();
  }

  /** The TPU's clock now; 25 MHz means the kernel's last step before it shuts the box down. */
  public OptionalInt clockMegahertz() {
    check();
    return device.clockMegahertz();
  }

  /** The share of the last half second in which the TPU had work, 0 to 100. */
  public OptionalInt usePercent() {
    check();
    return device.usePercent();
  }

  /**
   * Whether the TPU hangs: its driver refuses all work, of every process, until the box restarts.
   */
  public boolean isHung() {
    check();
    hung |= device.hung().orElse(false);
    return hung;
  }

  /** How full the heaps are, all processes counted; empty when the driver does not tell. */
  public List<HeapUse> heaps() {
    check();
    return device.heaps();
  }

  /** What this device holds for us: one entry per live buffer, the oldest first. */
  public List<Holding> holdings() {
    check();
    List<Holding> holdings = new ArrayList<>(memories.size());
    for (DeviceMemory memory : memories) {
      holdings.add(new Holding(memory.purpose(), memory.heap(), memory.bytes()));
    }
    return holdings;
  }

  /** The models loaded and not closed, the oldest first. */
  public List<BModel> models() {
    check();
    return List.copyOf(models);
  }

  /**
   * Limits how long a wait for the TPU may take, 1 ms to 24 days. The limit is the driver's: it
   * holds for <em>every</em> process, and a TPU that exceeds it is given up until the box restarts.
   */
  public void limitWait(Duration limit) {
    check();
    if (limit.toMillis() < 1 || limit.toMillis() > Integer.MAX_VALUE) {
      throw TpuException.invalid("a wait of %s is not within 1 ms and 24 days", limit);
    }
    device.limitWait(limit);
  }

  /** Allocates on the NPU's heap, or where that is full on another. */
  public DeviceMemory allocate(long bytes, String purpose) {
    return allocate(bytes, List.of(Heap.values()), purpose);
  }

  /**
   * Allocates in the first of these heaps that has room; the order is the library's, NPU first. The
   * content is undefined.
   *
   * @param bytes 1 to 2^32 - 1
   * @param purpose what it is for, shown in the ledger
   * @throws TpuException {@code OUT_OF_MEMORY} with what each heap has free; {@code
   *     INVALID_ARGUMENT}. Nothing is allocated.
   */
  public DeviceMemory allocate(long bytes, List<Heap> heaps, String purpose) {
    checkWorking();
    if (bytes < 1 || bytes > 0xFFFF_FFFFL) {
      throw TpuException.invalid(
          "a buffer of %d bytes (%s) is not within 1 and 2^32 - 1", bytes, purpose);
    }
    if (heaps.isEmpty()) {
      throw TpuException.invalid("no heap was named for %d bytes (%s)", bytes, purpose);
    }
    Driver.Allocation allocation;
    try {
      allocation = device.allocate(Heap.mask(heaps), bytes);
    } catch (TpuException e) {
      if (e.reason() != Reason.OUT_OF_MEMORY) {
        throw e;
      }
      throw e.because(
          Reason.OUT_OF_MEMORY,
          "no heap of " + heaps + " has " + bytes + " bytes for " + purpose + freeText(),
          e.advice());
    }
    DeviceMemory memory = new DeviceMemory(this, allocation, purpose);
    memories.add(memory);
    return memory;
  }

  /**
   * Loads a bmodel: reads and checks the file, compares its need with what the heaps have free,
   * then hands it to libbmrt.
   *
   * @throws TpuException {@code INVALID_BMODEL}, {@code WRONG_CHIP}, {@code PERMISSION_DENIED},
   *     {@code OUT_OF_MEMORY}: nothing stays allocated; {@code LOAD_FAILED}: nothing of ours does,
   *     but libbmrt itself may lose buffers, so that the process should end
   */
  public BModel load(Path bmodel) {
    checkWorking();
    BModel model = BModel.load(this, device, bmodel);
    models.add(model);
    return model;
  }

  /**
   * Gives back what libbmrt keeps of models that were closed: of 0.4.9 and 0.5.1 all weights, until
   * no runtime of the process is left. So all models are unloaded, and those that are open loaded
   * anew, which takes as long as loading them did; their launches go on to work. Without effect
   * when no model was closed while others stayed.
   *
   * @throws TpuException {@code LOAD_FAILED} when one does not load again, as after {@link #load};
   *     that one and those after it are closed
   */
  public void reclaim() {
    checkWorking();
    if (!keepsSome) {
      return;
    }
    keepsSome = false;
    List<BModel> open = List.copyOf(models);
    open.forEach(BModel::unload);
    for (int i = 0; i < open.size(); i++) {
      try {
        open.get(i).reload(device);
      } catch (RuntimeException e) {
        open.subList(i + 1, open.size()).forEach(BModel::forget);
        throw e;
      }
    }
  }

  /** Whether this device was closed. */
  public boolean isClosed() {
    return closed;
  }

  /**
   * Gives back all memory and models, then closes. Closing twice does nothing.
   *
   * @throws TpuException {@code WRONG_THREAD}: the device stays open. Another is the first failure
   *     of a give-back, thrown after all were tried and the device was closed
   */
  @Override
  public void close() {
    checkThread();
    if (closed) {
      return;
    }
    List<Runnable> youngestFirst = new ArrayList<>();
    models.forEach(model -> youngestFirst.add(model::close));
    memories.forEach(memory -> youngestFirst.add(memory::close));
    Collections.reverse(youngestFirst);
    @Nullable TpuException failure = null;
    for (Runnable close : youngestFirst) {
      try {
        close.run();
      } catch (TpuException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    closed = true;
    device.close();
    if (failure != null) {
      throw failure;
    }
  }

  /** {@code BM1684X #0}. */
  @Override
  public String toString() {
    return chip() + " #" + index;
  }

  /** The heaps' free bytes as the end of a sentence; empty when they are not told. */
  String freeText() {
    List<HeapUse> heaps = device.heaps();
    if (heaps.isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder("; free are ");
    for (HeapUse use : heaps) {
      text.append(use.heap().id()).append(' ').append(use.availableBytes()).append(", ");
    }
    text.setLength(text.length() - 2);
    return text.append(" bytes").toString();
  }

  void checkThread() {
    if (Thread.currentThread() != owner) {
      throw TpuException.of(
          Reason.WRONG_THREAD,
          this
              + " belongs to thread \""
              + owner.getName()
              + "\" and was used from \""
              + Thread.currentThread().getName()
              + "\"",
          "open a device on the thread that uses it");
    }
  }

  void check() {
    checkThread();
    if (closed) {
      throw TpuException.of(Reason.CLOSED, this + " is closed", "");
    }
  }

  /** For calls that make the TPU work or wait for it: a hung one would only time out again. */
  void checkWorking() {
    check();
    if (hung) {
      throw hangs(null);
    }
  }

  void release(DeviceMemory memory, Driver.Allocation allocation) {
    if (memories.remove(memory)) {
      device.free(allocation);
    }
  }

  void release(BModel model) {
    models.remove(model);
    keepsSome = !models.isEmpty();
  }

  void write(Driver.Allocation memory, long offset, ByteBuffer source) {
    device.write(memory, offset, source);
  }

  void read(Driver.Allocation memory, long offset, ByteBuffer target) {
    device.read(memory, offset, target);
  }

  void copy(
      Driver.Allocation source,
      long sourceOffset,
      Driver.Allocation target,
      long targetOffset,
      long bytes) {
    try {
      device.copy(source, sourceOffset, target, targetOffset, bytes);
    } catch (TpuException e) {
      throw afterFailure(e);
    }
  }

  void fill(Driver.Allocation memory, byte value) {
    try {
      device.fill(memory, value);
    } catch (TpuException e) {
      throw afterFailure(e);
    }
  }

  Driver.Mapping map(Driver.Allocation memory) {
    return device.map(memory);
  }

  Transfer transfer() {
    return transfer;
  }

  void run(Driver.Prepared launch) {
    try {
      launch.start();
      device.await();
    } catch (TpuException e) {
      throw afterFailure(e);
    }
  }

  /** A failure of work on the TPU, with the driver asked whether it still answers. */
  private TpuException afterFailure(TpuException failure) {
    if (!hung && !device.hung().orElse(false)) {
      return failure;
    }
    hung = true;
    return hangs(failure);
  }

  private TpuException hangs(@Nullable TpuException failure) {
    String what = this + " hangs: its driver refuses all work, of every process";
    String advice = "restart the box; in SOC mode nothing else revives it";
    return failure == null
        ? TpuException.of(Reason.DEVICE_HUNG, what, advice)
        : failure.because(Reason.DEVICE_HUNG, what + " (" + failure.getMessage() + ")", advice);
  }
}
