package io.airbox.generation.engine.bm1684x;

import io.airbox.generation.GenerationException;
import io.airbox.generation.Message;
import io.airbox.generation.engine.DeviceState;
import io.airbox.generation.engine.Engine;
import io.airbox.generation.engine.HeapState;
import io.airbox.generation.engine.MemoryNeed;
import io.airbox.generation.engine.Network;
import io.airbox.sophon.BModelFile;
import io.airbox.sophon.DeviceMemory;
import io.airbox.sophon.Driver;
import io.airbox.sophon.HeapUse;
import io.airbox.sophon.LibsophonVersion;
import io.airbox.sophon.TpuDevice;
import io.airbox.sophon.TpuDevice.Transfer;
import io.airbox.sophon.TpuException;
import io.airbox.sophon.TpuException.Reason;
import io.airbox.sophon.jna.NativeDriver;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * Runs bmodels on the first BM1684X with the vendor's libraries. Belongs to the thread that opened
 * it, with all its networks.
 *
 * <p>The vendor's code can end the process: open this in a process that may die.
 */
public final class Bm1684xEngine implements Engine {
  private static final String CHIP = "BM1684X";
  private static final int PROBE_BYTES = 4096;

  private final TpuDevice device;
  private final Transfer transfer;
  private final HostBuffer host = new HostBuffer();
  private @Nullable String retirement;

  private Bm1684xEngine(TpuDevice device, Transfer transfer) {
    this.device = device;
    this.transfer = transfer;
  }

  /**
   * Loads the vendor's libraries and opens the device.
   *
   * @param sysroot where {@code opt/sophon/libsophon-current} lies, {@code /} on a box
   * @param libraries a folder with the libraries instead, or null
   * @throws GenerationException {@code ENGINE_FAULT} saying what is missing or forbidden, {@code
   *     DEVICE_HUNG}
   */
  public static Bm1684xEngine open(Path sysroot, @Nullable Path libraries) {
    return open(
        () -> libraries == null ? NativeDriver.load(sysroot) : NativeDriver.loadFrom(libraries));
  }

  /**
   * Opens the device of a driver.
   *
   * @throws GenerationException as {@link #open(Path, Path)}
   */
  public static Bm1684xEngine open(Driver driver) {
    return open(() -> driver);
  }

  private static Bm1684xEngine open(Supplier<Driver> loader) {
    try {
      Driver driver = loader.get();
      TpuDevice mapping = mapping(driver);
      return mapping == null
          ? new Bm1684xEngine(open(driver, Transfer.COPY), Transfer.COPY)
          : new Bm1684xEngine(mapping, Transfer.MAPPED);
    } catch (TpuException e) {
      throw TpuFailures.opening(e);
    } catch (LinkageError e) {
      throw new GenerationException(
          GenerationException.Reason.ENGINE_FAULT,
          "the engine bm1684x cannot be had: JNA does not load on this machine: " + e,
          e);
    }
  }

  private static TpuDevice open(Driver driver, Transfer transfer) {
    TpuDevice device = TpuDevice.open(driver, 0, transfer);
    if (!device.chip().equals(CHIP)) {
      device.close();
      throw TpuException.of(
          Reason.WRONG_CHIP, device + " is no " + CHIP, "its packs need another engine");
    }
    return device;
  }

  /**
   * The device with its memory mapped, or null where that does not work. In SOC mode the CPU
   * reaches device memory itself, without a system call for each copy; whether it may depends on
   * driver and rights, so it is tried.
   */
  private static @Nullable TpuDevice mapping(Driver driver) {
    TpuDevice device;
    try {
      device = open(driver, Transfer.MAPPED);
    } catch (TpuException e) {
      if (e.reason() == Reason.NOT_SUPPORTED) {
        Logger.debug("The library copies: {}", e.getMessage());
        return null;
      }
      throw e;
    }
    try {
      if (holdsWhatIsWritten(device)) {
        return device;
      }
      Logger.warn("Mapped device memory does not hold what was written, so the library copies");
    } catch (TpuException e) {
      if (e.reason() == Reason.DEVICE_HUNG) {
        device.close();
        throw e;
      }
      Logger.warn("Device memory cannot be mapped, so the library copies: {}", e.getMessage());
    }
    device.close();
    return null;
  }

  /** What the CPU writes is copied by the TPU and read back, past the CPU's cache. */
  private static boolean holdsWhatIsWritten(TpuDevice device) {
    try (DeviceMemory written = device.allocate(PROBE_BYTES, "probe");
        DeviceMemory copied = device.allocate(PROBE_BYTES, "probe")) {
      ByteBuffer sent = ByteBuffer.allocateDirect(PROBE_BYTES);
      ByteBuffer got = ByteBuffer.allocateDirect(PROBE_BYTES);
      for (int i = 0; i < PROBE_BYTES; i++) {
        sent.put(i, (byte) (31 * i + 7));
      }
      copied.read(got); // so that the cache holds what is not there any more afterwards
      written.write(sent);
      written.copyTo(copied, 0, 0, PROBE_BYTES);
      copied.read(got);
      return got.equals(sent);
    }
  }

  @Override
  public String id() {
    return "bm1684x";
  }

  @Override
  public String description() {
    return Message.of(
        "%s, %s%s, %s",
        device,
        device.driver().description(),
        device.driverVersion().map(version -> ", driver " + version).orElse(""),
        transfer == Transfer.MAPPED ? "mapped memory" : "copies");
  }

  /**
   * {@inheritDoc}
   *
   * <p>Refused before anything is loaded: files that are damaged, of another chip or of no use
   * here, and ones that need more than the heaps have free.
   */
  @Override
  public Network load(Path file) {
    try {
      BModelFile bmodel = read(file);
      requireRoom(file, NetworkBorders.of(bmodel).need());
      return Bm1684xNetwork.load(device, bmodel, host);
    } catch (TpuException e) {
      throw loading(e);
    }
  }

  private GenerationException loading(TpuException failure) {
    if (failure.reason() == Reason.LOAD_FAILED) {
      retirement =
          "libbmrt loses device memory when it gives up a bmodel half-way: " + failure.getMessage();
    }
    return TpuFailures.loading(failure);
  }

  /** {@inheritDoc} Of libbmrt 0.4.9 and 0.5.1 that is all weights. */
  @Override
  public void reclaim() {
    try {
      device.reclaim();
    } catch (TpuException e) {
      throw loading(e);
    }
  }

  private BModelFile read(Path file) {
    BModelFile bmodel = BModelFile.read(file);
    bmodel.checkChip(device.chip());
    return bmodel;
  }

  private void requireRoom(Path file, MemoryNeed need) {
    List<HeapUse> heaps = device.heaps();
    if (heaps.isEmpty()) {
      return;
    }
    long free = heaps.stream().mapToLong(HeapUse::availableBytes).sum();
    long largest = heaps.stream().mapToLong(HeapUse::availableBytes).max().orElse(0);
    if (need.totalBytes() > free || need.largestBlockBytes() > largest) {
      throw TpuException.of(
          Reason.OUT_OF_MEMORY,
          Message.of(
              "%s needs %d bytes of device memory with its buffers (%d in one piece), free are %d (%d in one heap)",
              file, need.totalBytes(), need.largestBlockBytes(), free, largest),
          "unload a pack, or give the npu heap more of the box's memory");
    }
  }

  @Override
  public Optional<MemoryNeed> need(Path file) {
    try {
      return Optional.of(NetworkBorders.of(read(file)).need());
    } catch (TpuException e) {
      throw TpuFailures.loading(e);
    }
  }

  @Override
  public List<HeapState> heaps() {
    return device.heaps().stream()
        .map(
            use ->
                new HeapState(
                    use.heap().id(), use.totalBytes(), use.usedBytes(), use.availableBytes()))
        .toList();
  }

  @Override
  public DeviceState device() {
    return new DeviceState(
        Optional.of(device.chip()),
        device.clockMegahertz(),
        device.usePercent(),
        device.driverVersion().map(LibsophonVersion::toString),
        device.driver().libraryVersion().map(LibsophonVersion::toString),
        device.isHung()
            ? Optional.of(
                device
                    + " hangs: its driver refuses all work; restart the box, nothing else revives it")
            : Optional.empty());
  }

  @Override
  public Optional<String> retirement() {
    return Optional.ofNullable(retirement);
  }

  /** Gives all device memory back. */
  @Override
  public void close() {
    device.close();
  }
}
