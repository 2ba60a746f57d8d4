package io.airbox.sophon.jna;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import io.airbox.sophon.Driver;
import io.airbox.sophon.Heap;
import io.airbox.sophon.HeapUse;
import io.airbox.sophon.LibsophonVersion;
import io.airbox.sophon.TpuException;
import io.airbox.sophon.TpuException.Reason;
import io.airbox.sophon.jna.Bmlib.bm_dev_stat_t;
import io.airbox.sophon.jna.Bmlib.bm_device_mem_t;
import io.airbox.sophon.jna.Bmlib.bm_heap_stat_byte_t;
import io.airbox.sophon.jna.Bmlib.bm_misc_info;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** A {@code bm_handle_t}. */
final class NativeDevice implements Driver.Device {
  /** What the driver itself writes for "not supported"; the simulator writes nothing. */
  private static final int UNTOLD = -1023;

  private final Libraries libraries;
  private final Pointer handle;
  private final int index;
  private final boolean mapsMemory;

  NativeDevice(Libraries libraries, Pointer handle, int index) {
    this.libraries = libraries;
    this.handle = handle;
    this.index = index;
    bm_misc_info info = new bm_misc_info();
    info.pcie_soc_mode = UNTOLD;
    // a device that does not tell is the simulator, which maps too
    this.mapsMemory = Bmlib.bm_get_misc_info(handle, info) != 0 || info.pcie_soc_mode != 0;
  }

  @Override
  public int chipId() {
    IntByReference id = new IntByReference();
    check("bm_get_chipid", "", Bmlib.bm_get_chipid(handle, id));
    return id.getValue();
  }

  @Override
  public OptionalInt clockMegahertz() {
    IntByReference megahertz = new IntByReference();
    return Bmlib.bm_get_clk_tpu_freq(handle, megahertz) == 0 && megahertz.getValue() > 0
        ? OptionalInt.of(megahertz.getValue())
        : OptionalInt.empty();
  }

  @Override
  public OptionalInt usePercent() {
    bm_dev_stat_t stat = new bm_dev_stat_t();
    stat.tpu_util = UNTOLD;
    boolean told = Bmlib.bm_get_stat(handle, stat) == 0;
    return told && stat.tpu_util >= 0 && stat.tpu_util <= 100
        ? OptionalInt.of(stat.tpu_util)
        : OptionalInt.empty();
  }

  @Override
  public List<HeapUse> heaps() {
    IntByReference count = new IntByReference();
    if (Bmlib.bm_get_gmem_total_heap_num(handle, count) != 0) {
      return List.of();
    }
    List<HeapUse> heaps = new ArrayList<>();
    for (Heap heap : Heap.values()) {
      if (heap.index() >= count.getValue()) {
        break;
      }
      bm_heap_stat_byte_t stat = new bm_heap_stat_byte_t();
      int status = Bmlib.bm_get_gmem_heap_stat_byte_by_id(handle, stat, heap.index());
      if (status == 0 && stat.mem_total > 0) {
        heaps.add(new HeapUse(heap, stat.mem_total, stat.mem_used, stat.mem_avail));
      }
    }
    return List.copyOf(heaps);
  }

  @Override
  public Optional<LibsophonVersion> driverVersion() {
    IntByReference version = new IntByReference();
    return Bmlib.bm_get_driver_version(handle, version) == 0
        ? Optional.of(LibsophonVersion.ofDriver(version.getValue()))
        : Optional.empty();
  }

  @Override
  public Optional<Boolean> hung() {
    IntByReference status = new IntByReference();
    return Bmlib.bm_get_status(handle, status) == 0
        ? Optional.of((status.getValue() & 1) != 0)
        : Optional.empty();
  }

  @Override
  public boolean mapsMemory() {
    return mapsMemory;
  }

  @Override
  public void limitWait(Duration limit) {
    int milliseconds = (int) limit.toMillis();
    int status =
        libraries
            .optional("bm_set_sync_timeout")
            .orElseThrow(
                () ->
                    TpuException.of(
                        Reason.NOT_SUPPORTED,
                        libraries.folder() + " has no bm_set_sync_timeout",
                        "libsophon 0.5.1 has it"))
            .invokeInt(new Object[] {handle, milliseconds});
    check("bm_set_sync_timeout", milliseconds + " ms", status);
  }

  @Override
  public Driver.Allocation allocate(int heapMask, long bytes) {
    bm_device_mem_t.ByValue descriptor = new bm_device_mem_t.ByValue();
    descriptor.clear();
    int status =
        Bmlib.bm_malloc_device_byte_heap_mask(
            handle, descriptor.getPointer(), heapMask, (int) bytes);
    if (status != 0) {
      throw TpuException.status(
          "bm_malloc_device_byte_heap_mask",
          "heap mask 0x" + Integer.toHexString(heapMask) + ", " + bytes + " bytes",
          status);
    }
    return new NativeMemory(descriptor, bytes);
  }

  @Override
  public void free(Driver.Allocation memory) {
    Bmlib.bm_free_device(handle, descriptor(memory));
  }

  @Override
  public void write(Driver.Allocation memory, long offset, ByteBuffer source) {
    int bytes = source.remaining();
    int status =
        Bmlib.bm_memcpy_s2d_partial_offset(
            handle, descriptor(memory), fromPosition(source), bytes, (int) offset);
    if (status != 0) {
      throw TpuException.status(
          "bm_memcpy_s2d_partial_offset", bytes + " bytes at " + offset, status);
    }
  }

  @Override
  public void read(Driver.Allocation memory, long offset, ByteBuffer target) {
    int bytes = target.remaining();
    int status =
        Bmlib.bm_memcpy_d2s_partial_offset(
            handle, fromPosition(target), descriptor(memory), bytes, (int) offset);
    if (status != 0) {
      throw TpuException.status(
          "bm_memcpy_d2s_partial_offset", bytes + " bytes at " + offset, status);
    }
  }

  @Override
  public void copy(
      Driver.Allocation source,
      long sourceOffset,
      Driver.Allocation target,
      long targetOffset,
      long bytes) {
    int status =
        Bmlib.bm_memcpy_d2d_byte(
            handle, descriptor(target), targetOffset, descriptor(source), sourceOffset, bytes);
    if (status != 0) {
      throw TpuException.status("bm_memcpy_d2d_byte", bytes + " bytes", status);
    }
  }

  @Override
  public void fill(Driver.Allocation memory, byte value) {
    try (Memory pattern = new Memory(4)) {
      pattern.setByte(0, value);
      int status = Bmlib.bm_memset_device_ext(handle, pattern, 1, descriptor(memory));
      check("bm_memset_device_ext", memory.bytes() + " bytes", status);
    }
  }

  @Override
  public Driver.Mapping map(Driver.Allocation memory) {
    Pointer descriptor = descriptor(memory).getPointer();
    LongByReference address = new LongByReference();
    check(
        "bm_mem_mmap_device_mem",
        memory.bytes() + " bytes",
        Bmlib.bm_mem_mmap_device_mem(handle, descriptor, address));
    if (address.getValue() == 0) {
      throw TpuException.call(
          Reason.CALL_FAILED, "bm_mem_mmap_device_mem", memory.bytes() + " bytes", "null", "");
    }
    return new NativeMapping(
        handle, descriptor, new Pointer(address.getValue()), (int) memory.bytes());
  }

  @Override
  public void await() {
    int status = Bmlib.bm_thread_sync(handle);
    if (status != 0) {
      throw TpuException.status("bm_thread_sync", "", status);
    }
  }

  @Override
  public Driver.ModelRuntime createRuntime() {
    Pointer runtime = Bmrt.bmrt_create(handle);
    if (runtime == null) {
      throw TpuException.call(
          Reason.CALL_FAILED, "bmrt_create", "device " + index, "null", "its log tells why");
    }
    return new NativeRuntime(libraries.abi(), runtime);
  }

  @Override
  public void close() {
    Bmlib.bm_dev_free(handle);
  }

  static bm_device_mem_t.ByValue descriptor(Driver.Allocation memory) {
    return ((NativeMemory) memory).descriptor();
  }

  /** JNA hands over where a buffer begins, whatever its position. */
  private static ByteBuffer fromPosition(ByteBuffer buffer) {
    return buffer.position() == 0 ? buffer : buffer.slice();
  }

  private static void check(String function, String arguments, int status) {
    if (status != 0) {
      throw TpuException.status(function, arguments, status);
    }
  }

  /** A {@code bm_device_mem_t}, kept in C's memory, so that handing it over allocates nothing. */
  private record NativeMemory(bm_device_mem_t.ByValue descriptor, long bytes)
      implements Driver.Allocation {
    @Override
    public long address() {
      return descriptor.getPointer().getLong(0);
    }

    @Override
    public Heap heap() {
      int flags = descriptor.getPointer().getInt(16);
      return Heap.of(flags >>> 3 & 7);
    }
  }

  private record NativeMapping(
      Pointer handle, Pointer descriptor, Pointer address, int size, ByteBuffer bytes)
      implements Driver.Mapping {
    NativeMapping(Pointer handle, Pointer descriptor, Pointer address, int size) {
      this(handle, descriptor, address, size, address.getByteBuffer(0, size));
    }

    @Override
    public void flush(long offset, long bytes) {
      check(
          "bm_mem_flush_partial_device_mem",
          "",
          Bmlib.bm_mem_flush_partial_device_mem(handle, descriptor, (int) offset, (int) bytes));
    }

    @Override
    public void invalidate(long offset, long bytes) {
      check(
          "bm_mem_invalidate_partial_device_mem",
          "",
          Bmlib.bm_mem_invalidate_partial_device_mem(
              handle, descriptor, (int) offset, (int) bytes));
    }

    @Override
    public void unmap() {
      check("bm_mem_unmap_device_mem", "", Bmlib.bm_mem_unmap_device_mem(handle, address, size));
    }
  }
}
