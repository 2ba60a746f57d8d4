package io.airbox.sophon;

import io.airbox.sophon.TpuException.Reason;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A driver without a TPU: heaps with books, networks that compute what a test says, and faults on
 * demand. What would end the process in the vendor's libraries is an {@link AssertionError} here.
 */
public final class FakeBmLib implements Driver {
  /** What a network does: fills the outputs from the inputs. */
  public interface Computation {
    void run(List<ByteBuffer> inputs, List<ByteBuffer> outputs);
  }

  private static final int PAGE = 4096;

  /** What fresh memory holds: as floats, a large number. */
  private static final byte GARBAGE = 0x4B;

  private static final int MODULE_STATUS = BmStatus.BM_ERR_FAILURE.code();

  private final Map<Heap, Long> sizes = new EnumMap<>(Heap.class);
  private final Map<Heap, Long> used = new EnumMap<>(Heap.class);
  private final Map<FakeMemory, byte[]> live = new LinkedHashMap<>();
  private final Map<String, Computation> computations = new LinkedHashMap<>();
  private int openDevices;
  private int runtimes;
  private int mappings;
  private int launches;
  private int writes;
  private int loads;
  private boolean mapsMemory = true;
  private boolean coherent = true;
  private long nextAddress = 0x1_2410_0000L;
  private int allocationsUntilFailure = Integer.MAX_VALUE;
  private boolean launchFails;
  private boolean hung;
  private int chipId = 0x1686;
  private TpuException openFailure;

  public FakeBmLib() {
    heap(Heap.NPU, 64 << 20).heap(Heap.VPP, 16 << 20).heap(Heap.VPU, 16 << 20);
  }

  /** Sets a heap's size. */
  public FakeBmLib heap(Heap heap, long bytes) {
    sizes.put(heap, bytes);
    return this;
  }

  /** Makes it another chip. */
  public FakeBmLib chip(int id) {
    chipId = id;
    return this;
  }

  /** What launches of a network do; without it, outputs are a digest of the inputs. */
  public FakeBmLib computes(String network, Computation computation) {
    computations.put(network, computation);
    return this;
  }

  /** Lets {@code count} allocations succeed and every later one fail. */
  public FakeBmLib failAllocationsAfter(int count) {
    allocationsUntilFailure = count;
    return this;
  }

  public FakeBmLib failLaunches(boolean fail) {
    launchFails = fail;
    return this;
  }

  /** From the next wait on, the TPU does not answer. */
  public FakeBmLib hang() {
    hung = true;
    return this;
  }

  /** Makes it a device whose memory the CPU does not reach. */
  public FakeBmLib withoutMapping() {
    mapsMemory = false;
    return this;
  }

  /** What is written to mapped memory does not arrive. */
  public FakeBmLib withBrokenMapping() {
    coherent = false;
    return this;
  }

  /** Makes opening fail. */
  public FakeBmLib refuseToOpen(TpuException failure) {
    openFailure = failure;
    return this;
  }

  /** Bytes that a heap has given out. */
  public long used(Heap heap) {
    return used.getOrDefault(heap, 0L);
  }

  /** Bytes that all heaps have given out. */
  public long used() {
    return used.values().stream().mapToLong(Long::longValue).sum();
  }

  public int launches() {
    return launches;
  }

  /** How often something was copied to the device, or flushed. */
  public int writes() {
    return writes;
  }

  /** How many bmodels were given to the library. */
  public int loads() {
    return loads;
  }

  /** Fails unless everything was given back. */
  public void assertNothingIsHeld() {
    if (openDevices != 0 || runtimes != 0 || mappings != 0 || !live.isEmpty() || used() != 0) {
      throw new AssertionError(
          openDevices
              + " devices, "
              + runtimes
              + " runtimes, "
              + mappings
              + " mappings and "
              + live.size()
              + " buffers are held");
    }
  }

  @Override
  public String description() {
    return "the fake libsophon";
  }

  @Override
  public Optional<LibsophonVersion> libraryVersion() {
    return Optional.of(new LibsophonVersion(0, 5, 1));
  }

  @Override
  public int deviceCount() {
    return 1;
  }

  @Override
  public Device open(int index) {
    if (openFailure != null) {
      throw openFailure;
    }
    openDevices++;
    return new FakeDevice();
  }

  private FakeMemory take(int heapMask, long bytes, boolean withContent) {
    long aligned = (bytes + PAGE - 1) / PAGE * PAGE;
    if (allocationsUntilFailure-- > 0) {
      for (Heap heap : Heap.values()) {
        boolean allowed = (heapMask & heap.mask()) != 0;
        if (allowed && sizes.getOrDefault(heap, 0L) - used(heap) >= aligned) {
          used.merge(heap, aligned, Long::sum);
          FakeMemory memory = new FakeMemory(nextAddress, bytes, heap);
          nextAddress += aligned;
          // weights and activations of a fake network have no content
          byte[] content = new byte[withContent ? Math.toIntExact(bytes) : 0];
          Arrays.fill(content, GARBAGE);
          live.put(memory, content);
          return memory;
        }
      }
    }
    throw TpuException.status(
        "bm_malloc_device_byte_heap_mask", bytes + " bytes", BmStatus.BM_ERR_NOMEM.code());
  }

  private void give(FakeMemory memory) {
    if (live.remove(memory) == null) {
      throw new AssertionError("freed twice, or never allocated: the vendor's library would exit");
    }
    used.merge(memory.heap(), -((memory.bytes() + PAGE - 1) / PAGE * PAGE), Long::sum);
  }

  private ByteBuffer content(Allocation memory, long offset, long bytes) {
    byte[] content = live.get((FakeMemory) memory);
    if (content == null) {
      throw new AssertionError("freed memory was used");
    }
    if (offset < 0 || bytes < 0 || offset + bytes > memory.bytes()) {
      throw new AssertionError("beyond the memory: the vendor's library would abort");
    }
    return ByteBuffer.wrap(content, (int) offset, (int) bytes).slice();
  }

  /** Two are never equal: addresses are given out once. */
  private record FakeMemory(long address, long bytes, Heap heap) implements Allocation {}

  private final class FakeDevice implements Device {
    private final Thread thread = Thread.currentThread();
    private boolean closed;

    private void enter() {
      if (closed) {
        throw new AssertionError("a closed device was used: the vendor's library would crash");
      }
      if (Thread.currentThread() != thread) {
        throw new AssertionError("used from another thread");
      }
    }

    private void enterWorking(String function) {
      enter();
      if (hung) {
        throw TpuException.status(function, "", MODULE_STATUS);
      }
    }

    @Override
    public int chipId() {
      return chipId;
    }

    @Override
    public OptionalInt clockMegahertz() {
      enter();
      return OptionalInt.of(950);
    }

    @Override
    public OptionalInt usePercent() {
      enter();
      return OptionalInt.empty();
    }

    @Override
    public List<HeapUse> heaps() {
      enter();
      List<HeapUse> heaps = new ArrayList<>();
      sizes.forEach(
          (heap, size) -> heaps.add(new HeapUse(heap, size, used(heap), size - used(heap))));
      return heaps;
    }

    @Override
    public Optional<LibsophonVersion> driverVersion() {
      enter();
      return libraryVersion();
    }

    @Override
    public Optional<Boolean> hung() {
      enter();
      return Optional.of(hung);
    }

    @Override
    public boolean mapsMemory() {
      return mapsMemory;
    }

    @Override
    public void limitWait(Duration limit) {
      enter();
    }

    @Override
    public Allocation allocate(int heapMask, long bytes) {
      enter();
      return take(heapMask, bytes, true);
    }

    @Override
    public void free(Allocation memory) {
      enter();
      give((FakeMemory) memory);
    }

    @Override
    public void write(Allocation memory, long offset, ByteBuffer source) {
      enterWorking("bm_memcpy_s2d_partial_offset");
      writes++;
      content(memory, offset, source.remaining()).put(source.duplicate());
    }

    @Override
    public void read(Allocation memory, long offset, ByteBuffer target) {
      enterWorking("bm_memcpy_d2s_partial_offset");
      target.duplicate().put(content(memory, offset, target.remaining()));
    }

    @Override
    public void copy(
        Allocation source, long sourceOffset, Allocation target, long targetOffset, long bytes) {
      enterWorking("bm_memcpy_d2d_byte");
      content(target, targetOffset, bytes).put(content(source, sourceOffset, bytes));
    }

    @Override
    public void fill(Allocation memory, byte value) {
      enterWorking("bm_memset_device_ext");
      ByteBuffer content = content(memory, 0, memory.bytes());
      while (content.hasRemaining()) {
        content.put(value);
      }
    }

    @Override
    public Mapping map(Allocation memory) {
      enter();
      mappings++;
      // like a cache: what the CPU writes arrives with the flush, what the TPU writes with the drop
      ByteBuffer cache = ByteBuffer.allocateDirect((int) memory.bytes());
      return new Mapping() {
        @Override
        public ByteBuffer bytes() {
          return cache;
        }

        @Override
        public void flush(long offset, long bytes) {
          enter();
          writes++;
          if (coherent) {
            content(memory, offset, bytes).put(cache.slice((int) offset, (int) bytes));
          }
        }

        @Override
        public void invalidate(long offset, long bytes) {
          enter();
          cache.slice((int) offset, (int) bytes).put(content(memory, offset, bytes));
        }

        @Override
        public void unmap() {
          enter();
          content(memory, 0, 0);
          mappings--;
        }
      };
    }

    @Override
    public void await() {
      enterWorking("bm_thread_sync");
    }

    @Override
    public ModelRuntime createRuntime() {
      enter();
      runtimes++;
      return new FakeRuntime(this);
    }

    @Override
    public void close() {
      enter();
      closed = true;
      openDevices--;
    }
  }

  private final class FakeRuntime implements ModelRuntime {
    private final FakeDevice device;
    private final List<FakeMemory> held = new ArrayList<>();
    private List<NetworkFacts> networks = List.of();

    FakeRuntime(FakeDevice device) {
      this.device = device;
    }

    @Override
    public void load(Path bmodel) {
      device.enter();
      loads++;
      BModelFile file = BModelFile.read(bmodel);
      try {
        for (long bytes :
            new long[] {
              file.memoryNeed().weightBytes(),
              file.memoryNeed().instructionBytes(),
              file.memoryNeed().activationBytes()
            }) {
          if (bytes > 0) {
            held.add(take(Heap.mask(List.of(Heap.values())), bytes, false));
          }
        }
      } catch (TpuException e) {
        throw TpuException.call(
            Reason.LOAD_FAILED, "bmrt_load_bmodel", bmodel.toString(), "false", "");
      }
      networks = file.networks();
    }

    @Override
    public List<String> networks() {
      return networks.stream().map(NetworkFacts::name).toList();
    }

    @Override
    public NetworkFacts network(String name) {
      return networks.stream().filter(n -> n.name().equals(name)).findFirst().orElseThrow();
    }

    @Override
    public Prepared prepare(String network, List<Tensor> inputs, List<Tensor> outputs) {
      device.enter();
      Computation computation = computations.getOrDefault(network, FakeBmLib::digestInputs);
      return new Prepared() {
        @Override
        public void start() {
          device.enterWorking("bmrt_launch_tensor_ex");
          if (launchFails) {
            throw TpuException.call(
                Reason.LAUNCH_FAILED, "bmrt_launch_tensor_ex", network, "false", "");
          }
          launches++;
          computation.run(contents(inputs), contents(outputs));
        }

        @Override
        public Shape outputShape(int index) {
          return outputs.get(index).shape();
        }
      };
    }

    @Override
    public void destroy() {
      device.enter();
      held.forEach(FakeBmLib.this::give);
      held.clear();
      runtimes--;
    }

    private List<ByteBuffer> contents(List<Tensor> tensors) {
      return tensors.stream()
          .map(tensor -> content(tensor.memory().allocation(), 0, tensor.bytes()))
          .toList();
    }
  }

  private static void digestInputs(List<ByteBuffer> inputs, List<ByteBuffer> outputs) {
    int state = 1;
    for (ByteBuffer input : inputs) {
      state = 31 * state + input.hashCode();
    }
    for (ByteBuffer output : outputs) {
      while (output.hasRemaining()) {
        state = state * 1664525 + 1013904223;
        output.put((byte) (state >>> 24));
      }
    }
  }
}
