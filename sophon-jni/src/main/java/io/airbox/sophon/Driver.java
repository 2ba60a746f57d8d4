package io.airbox.sophon;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The vendor's two libraries as the types of this package need them, in terms of Java alone: {@code
 * io.airbox.sophon.jna.NativeDriver} calls C, the tests' fake keeps books.
 *
 * <p>A driver trusts its caller. Sizes, shapes, threads and lifetimes are checked before it is
 * called, for the vendor's code ends the process where this contract is broken. Programs use {@link
 * TpuDevice}, not this.
 *
 * <p>What a release, a device or the simulator does not tell is empty, never zero.
 */
public interface Driver {
  /** The release and where it lies, for messages. */
  String description();

  /** The installed release; empty where nothing tells it, as on the simulator. */
  Optional<LibsophonVersion> libraryVersion();

  /** How many devices there are. */
  int deviceCount();

  /**
   * Opens a device; {@code index} is below {@link #deviceCount()}.
   *
   * @throws TpuException {@code DEVICE_MISSING}, {@code PERMISSION_DENIED}, {@code
   *     DEVICE_UNAVAILABLE}
   */
  Device open(int index);

  /** An open device. All calls come from one thread. */
  interface Device {
    /** 0x1684 is a BM1684, 0x1686 a BM1684X. */
    int chipId();

    OptionalInt clockMegahertz();

    /** The share of recent samples in which the TPU had work. */
    OptionalInt usePercent();

    /** One entry per heap, empty when the driver does not tell. */
    List<HeapUse> heaps();

    /** The kernel module's version. */
    Optional<LibsophonVersion> driverVersion();

    /** Whether the driver has flagged the TPU as hung. */
    Optional<Boolean> hung();

    /** Whether {@link #map} may work: in SOC mode the CPU reaches device memory itself. */
    boolean mapsMemory();

    /** How long a wait for the TPU may take. It holds for every process that uses the device. */
    void limitWait(Duration limit);

    /**
     * Allocates in the first heap of {@code heapMask} that has room.
     *
     * @param bytes 1 to 2^32 - 1
     * @throws TpuException {@code OUT_OF_MEMORY}
     */
    Allocation allocate(int heapMask, long bytes);

    /** Frees; once. */
    void free(Allocation memory);

    /** Copies the remaining bytes of a direct buffer to the device; the position stays. */
    void write(Allocation memory, long offset, ByteBuffer source);

    /** Fills the remaining bytes of a direct buffer from the device; the position stays. */
    void read(Allocation memory, long offset, ByteBuffer target);

    /** Copies within the device; the ranges do not overlap. */
    void copy(
        Allocation source, long sourceOffset, Allocation target, long targetOffset, long bytes);

    /** Sets every byte of the memory. */
    void fill(Allocation memory, byte value);

    /** Lets the CPU reach the memory; unmapped before it is freed. */
    Mapping map(Allocation memory);

    /** Waits for all that this thread has launched. */
    void await();

    /** A runtime, into which one bmodel is loaded. */
    ModelRuntime createRuntime();

    /** Closes; all memory has been freed and all runtimes destroyed. */
    void close();
  }

  /** A piece of device memory. */
  interface Allocation {
    /** Where it lies in the device's address space. */
    long address();

    long bytes();

    Heap heap();
  }

  /** Device memory in reach of the CPU, through its cache. */
  interface Mapping {
    /** The whole memory; not to be touched after {@link #unmap}. */
    ByteBuffer bytes();

    /** Writes the CPU's cache back, so that the TPU sees the range. */
    void flush(long offset, long bytes);

    /** Drops the CPU's cache, so that the CPU sees what the TPU wrote to the range. */
    void invalidate(long offset, long bytes);

    void unmap();
  }

  /** A runtime and the networks in it. */
  interface ModelRuntime {
    /**
     * Loads a bmodel that has been checked.
     *
     * @throws TpuException {@code LOAD_FAILED}; the runtime is to be destroyed
     */
    void load(Path bmodel);

    /** The networks' names, in the order of the bmodel. */
    List<String> networks();

    NetworkFacts network(String name);

    /** Lays out the arguments of a launch that fits the network. */
    Prepared prepare(String network, List<Tensor> inputs, List<Tensor> outputs);

    /** Gives back all that the bmodel holds. */
    void destroy();
  }

  /** A launch whose arguments are laid out; it can be started many times. */
  interface Prepared {
    /**
     * Starts it; {@link Device#await} tells its end.
     *
     * @throws TpuException {@code LAUNCH_FAILED}
     */
    void start();

    /** The shape that the last start gave to an output; final after {@link Device#await}. */
    Shape outputShape(int index);
  }
}
