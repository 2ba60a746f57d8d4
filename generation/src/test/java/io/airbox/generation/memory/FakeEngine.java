package io.airbox.generation.memory;

import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationException.Reason;
import io.airbox.generation.engine.DeviceState;
import io.airbox.generation.engine.Engine;
import io.airbox.generation.engine.HeapState;
import io.airbox.generation.engine.Holding;
import io.airbox.generation.engine.MemoryNeed;
import io.airbox.generation.engine.Network;
import io.airbox.generation.engine.Tensor;
import io.airbox.generation.engine.TensorInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An engine with one heap and books, whose files are names that begin with their size. */
final class FakeEngine implements Engine {
  static final String HEAP = "npu";

  private final long total;
  private final Map<String, Long> overhead = new HashMap<>();
  private final List<String> broken = new ArrayList<>();
  final List<String> loads = new ArrayList<>();
  final List<FakeNetwork> open = new ArrayList<>();
  long others;
  long kept;
  int reclaims;
  boolean keepsWeights;
  boolean tellsHeaps = true;
  boolean tellsNeed = true;
  boolean concurrent;
  long largestFreeBlock = Long.MAX_VALUE;

  FakeEngine(long total) {
    this.total = total;
  }

  /** A file's size: the digits at its beginning. */
  static long size(String file) {
    return Long.parseLong(file.substring(0, file.indexOf('-')));
  }

  /** What the driver takes for a file beside what is in the books. */
  void takesMore(String file, long bytes) {
    overhead.put(file, bytes);
  }

  void breaks(String file) {
    broken.add(file);
  }

  long ours() {
    return open.stream().mapToLong(network -> network.bytes + network.buffers).sum();
  }

  long used() {
    return others
        + kept
        + open.stream()
            .mapToLong(network -> network.bytes + network.buffers + network.hidden)
            .sum();
  }

  @Override
  public String id() {
    return "fake";
  }

  @Override
  public String description() {
    return "Fake 1.0";
  }

  @Override
  public boolean loadsConcurrently() {
    return concurrent;
  }

  @Override
  public synchronized Network load(Path path) {
    String file = path.getFileName().toString();
    loads.add(file);
    if (broken.contains(file)) {
      throw new GenerationException(Reason.ENGINE_FAULT, file + " is broken");
    }
    FakeNetwork network = new FakeNetwork(file, size(file), overhead.getOrDefault(file, 0L));
    if (network.bytes + network.hidden > Math.min(total - used(), largestFreeBlock)) {
      throw new GenerationException(Reason.OUT_OF_MEMORY, "no heap has room for " + file);
    }
    open.add(network);
    return network;
  }

  @Override
  public Optional<MemoryNeed> need(Path path) {
    long size = size(path.getFileName().toString());
    return tellsNeed ? Optional.of(new MemoryNeed(size, size)) : Optional.empty();
  }

  @Override
  public List<HeapState> heaps() {
    return tellsHeaps ? List.of(new HeapState(HEAP, total, used(), total - used())) : List.of();
  }

  @Override
  public DeviceState device() {
    return DeviceState.ofLibrary("1.0");
  }

  @Override
  public void reclaim() {
    reclaims++;
    kept = 0;
  }

  @Override
  public void close() {}

  /** A network that holds memory and computes nothing. */
  final class FakeNetwork implements Network {
    private final String file;
    private final long bytes;
    private final long hidden;

    /** What a run made. */
    long buffers;

    private FakeNetwork(String file, long bytes, long hidden) {
      this.file = file;
      this.bytes = bytes;
      this.hidden = hidden;
    }

    @Override
    public List<TensorInfo> inputs() {
      return List.of();
    }

    @Override
    public List<TensorInfo> outputs() {
      return List.of();
    }

    @Override
    public void run(List<Tensor> inputs, float[] output) {
      throw new UnsupportedOperationException(file);
    }

    @Override
    public List<Holding> holdings() {
      List<Holding> holdings = new ArrayList<>();
      holdings.add(new Holding(HEAP, "weights", bytes));
      if (buffers > 0) {
        holdings.add(new Holding(HEAP, "input sample", buffers));
      }
      return holdings;
    }

    @Override
    public void close() {
      if (!open.remove(this)) {
        throw new AssertionError(file + " was closed twice");
      }
      if (keepsWeights) {
        kept += bytes;
      }
      if (open.isEmpty()) {
        kept = 0;
      }
    }
  }
}
