package io.airbox.sophon;

import io.airbox.sophon.TpuException.Reason;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A bmodel loaded into device memory: weights, instructions and room for activations, all given
 * back by {@link #close}.
 */
public final class BModel implements AutoCloseable {
  private final TpuDevice device;
  private Driver.ModelRuntime runtime;
  private int loads;
  private final BModelFile file;
  private final Map<Heap, Long> growth;
  private final List<Network> networks;
  private boolean closed;

  private BModel(
      TpuDevice device,
      Driver.ModelRuntime runtime,
      BModelFile file,
      Map<Heap, Long> growth,
      List<NetworkFacts> networks) {
    this.device = device;
    this.runtime = runtime;
    this.file = file;
    this.growth = growth;
    List<Network> all = new ArrayList<>();
    for (NetworkFacts facts : networks) {
      all.add(new Network(this, facts));
    }
    this.networks = List.copyOf(all);
  }

  static BModel load(TpuDevice device, Driver.Device driver, Path path) {
    BModelFile file = BModelFile.read(path);
    file.checkChip(device.chip());
    List<HeapUse> before = driver.heaps();
    checkRoom(file, before);
    Driver.ModelRuntime runtime = driver.createRuntime();
    try {
      runtime.load(path);
      List<NetworkFacts> networks = new ArrayList<>();
      for (String name : runtime.networks()) {
        networks.add(runtime.network(name));
      }
      checkAgreement(file, networks, device.driver());
      return new BModel(device, runtime, file, grownBy(before, driver.heaps()), networks);
    } catch (RuntimeException e) {
      runtime.destroy();
      throw e;
    }
  }

  /** The first half of loading anew: gives back all that it holds. */
  void unload() {
    runtime.destroy();
  }

  /**
   * The second half. The file has been read and checked; it is taken to be the same.
   *
   * @throws TpuException {@code LOAD_FAILED}; the model is closed then
   */
  void reload(Driver.Device driver) {
    runtime = driver.createRuntime();
    loads++;
    try {
      runtime.load(file.path());
    } catch (RuntimeException e) {
      runtime.destroy();
      forget();
      throw e;
    }
  }

  /** Closes it between the two halves, when it holds nothing. */
  void forget() {
    closed = true;
    device.release(this);
  }

  /** How often it was loaded anew: launches laid out before that are void. */
  int loads() {
    return loads;
  }

  /** What the file says. */
  public BModelFile file() {
    return file;
  }

  /**
   * By how much the heaps grew while it was loaded, in bytes; empty when the driver does not tell.
   * Another process that allocates at the same moment is counted in.
   */
  public OptionalLong measuredBytes() {
    return growth.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(growth.values().stream().mapToLong(Long::longValue).sum());
  }

  /**
   * The {@linkplain #measuredBytes measured bytes} by heap: libbmrt chooses where weights and
   * activations lie. Empty when the driver does not tell; less than nothing where another process
   * freed more meanwhile.
   */
  public Map<Heap, Long> growth() {
    return growth;
  }

  /** The networks, in the order of the file. */
  public List<Network> networks() {
    return networks;
  }

  /**
   * The network of this name.
   *
   * @throws TpuException {@code INVALID_ARGUMENT} with the names that exist
   */
  public Network network(String name) {
    for (Network network : networks) {
      if (network.name().equals(name)) {
        return network;
      }
    }
    throw TpuException.invalid(
        "network \"%s\" is not in %s, which has %s",
        name, file.path(), networks.stream().map(Network::name).toList());
  }

  public boolean isClosed() {
    return closed;
  }

  /**
   * Gives back all that it holds. Closing twice does nothing.
   *
   * @throws TpuException {@code WRONG_THREAD}; the model stays
   */
  @Override
  public void close() {
    device.checkThread();
    if (closed) {
      return;
    }
    closed = true;
    device.release(this);
    runtime.destroy();
  }

  @Override
  public String toString() {
    return file.path().toString();
  }

  TpuDevice device() {
    return device;
  }

  Driver.ModelRuntime runtime() {
    return runtime;
  }

  void check() {
    device.checkWorking();
    checkOpen();
  }

  void checkOpen() {
    if (closed) {
      throw TpuException.of(Reason.CLOSED, this + " is closed", "");
    }
  }

  private static void checkRoom(BModelFile file, List<HeapUse> heaps) {
    if (heaps.isEmpty()) {
      return;
    }
    long free = 0;
    long largest = 0;
    for (HeapUse use : heaps) {
      free += use.availableBytes();
      largest = Math.max(largest, use.availableBytes());
    }
    BModelFile.MemoryNeed need = file.memoryNeed();
    if (need.totalBytes() > free || need.largestBlockBytes() > largest) {
      throw TpuException.of(
          Reason.OUT_OF_MEMORY,
          String.format(
              Locale.ROOT,
              "%s needs %d bytes of device memory (%d in one piece), free are %d (%d in one heap)",
              file.path(),
              need.totalBytes(),
              need.largestBlockBytes(),
              free,
              largest),
          "unload a model, or give the npu heap more of the box's memory");
    }
  }

  /**
   * The runtime and the file must tell the same. They do not when the binary layout was guessed
   * wrongly, and then every later call would work on garbage.
   */
  private static void checkAgreement(BModelFile file, List<NetworkFacts> networks, Driver driver) {
    List<NetworkFacts> expected = file.networks();
    boolean agree = expected.size() == networks.size();
    for (int i = 0; agree && i < networks.size(); i++) {
      agree = sameFaces(expected.get(i), networks.get(i));
    }
    if (!agree) {
      throw TpuException.of(
          Reason.UNSUPPORTED_VERSION,
          "libbmrt describes "
              + networks
              + " where "
              + file.path()
              + " says "
              + expected
              + " ("
              + driver.description()
              + ")",
          "its binary layout is not the one expected of this release; please report it");
    }
  }

  private static boolean sameFaces(NetworkFacts a, NetworkFacts b) {
    return a.name().equals(b.name())
        && sameTypes(a.inputs(), b.inputs())
        && sameTypes(a.outputs(), b.outputs())
        && a.stages().size() == b.stages().size()
        // with several stages the runtime may sort them
        && b.stages().stream().allMatch(stage -> hasShapesOf(a, stage));
  }

  private static boolean hasShapesOf(NetworkFacts network, Stage stage) {
    return network.stages().stream()
        .anyMatch(s -> s.inputs().equals(stage.inputs()) && s.outputs().equals(stage.outputs()));
  }

  private static boolean sameTypes(List<TensorSpec> a, List<TensorSpec> b) {
    if (a.size() != b.size()) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      if (a.get(i).type() != b.get(i).type() || !a.get(i).name().equals(b.get(i).name())) {
        return false;
      }
    }
    return true;
  }

  private static Map<Heap, Long> grownBy(List<HeapUse> before, List<HeapUse> after) {
    Map<Heap, Long> growth = new EnumMap<>(Heap.class);
    if (!before.isEmpty() && !after.isEmpty()) {
      after.forEach(use -> growth.merge(use.heap(), use.usedBytes(), Long::sum));
      before.forEach(use -> growth.merge(use.heap(), -use.usedBytes(), Long::sum));
    }
    return Collections.unmodifiableMap(growth);
  }
}
