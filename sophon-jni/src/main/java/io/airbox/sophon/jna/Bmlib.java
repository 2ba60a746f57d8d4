package io.airbox.sophon.jna;

import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.Structure.FieldOrder;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;
import java.nio.Buffer;

/**
 * The functions of libbmlib that every release has, by direct mapping. A {@code bm_handle_t} is a
 * {@link Pointer}, a {@code bm_status_t} an int, {@code unsigned int} an int, {@code size_t} a
 * long.
 *
 * <p>Every function that takes a {@code bm_device_mem_t} by value gets a {@link
 * bm_device_mem_t.ByValue}: a pointer would work on AArch64 by accident, and fail on x86-64.
 */
@SuppressWarnings("MemberName") // C's names
final class Bmlib {
  private Bmlib() {}

  static native int bm_dev_getcount(IntByReference count);

  static native int bm_dev_request(PointerByReference handle, int devid);

  static native void bm_dev_free(Pointer handle);

  static native int bm_get_chipid(Pointer handle, IntByReference chipid);

  static native int bm_get_misc_info(Pointer handle, bm_misc_info info);

  static native int bm_get_driver_version(Pointer handle, IntByReference version);

  static native int bm_get_status(Pointer handle, IntByReference status);

  static native int bm_get_stat(Pointer handle, bm_dev_stat_t stat);

  static native int bm_get_clk_tpu_freq(Pointer handle, IntByReference megahertz);

  static native int bm_get_gmem_total_heap_num(Pointer handle, IntByReference heaps);

  static native int bm_get_gmem_heap_stat_byte_by_id(
      Pointer handle, bm_heap_stat_byte_t stat, int heap_id);

  static native int bm_malloc_device_byte_heap_mask(
      Pointer handle, Pointer mem, int heap_id_mask, int size);

  static native void bm_free_device(Pointer handle, bm_device_mem_t.ByValue mem);

  static native int bm_memcpy_s2d_partial_offset(
      Pointer handle, bm_device_mem_t.ByValue dst, Buffer src, int size, int offset);

  static native int bm_memcpy_d2s_partial_offset(
      Pointer handle, Buffer dst, bm_device_mem_t.ByValue src, int size, int offset);

  static native int bm_memcpy_d2d_byte(
      Pointer handle,
      bm_device_mem_t.ByValue dst,
      long dst_offset,
      bm_device_mem_t.ByValue src,
      long src_offset,
      long size);

  static native int bm_memset_device_ext(
      Pointer handle, Pointer value, int mode, bm_device_mem_t.ByValue mem);

  static native int bm_mem_mmap_device_mem(Pointer handle, Pointer mem, LongByReference vmem);

  static native int bm_mem_unmap_device_mem(Pointer handle, Pointer vmem, int size);

  static native int bm_mem_flush_partial_device_mem(
      Pointer handle, Pointer mem, int offset, int len);

  static native int bm_mem_invalidate_partial_device_mem(
      Pointer handle, Pointer mem, int offset, int len);

  static native int bm_thread_sync(Pointer handle);

  /**
   * A descriptor of device memory. Its Java fields are not kept in step with its C memory: after
   * the allocation nothing changes, and a launch or copy hands over the C memory as it is.
   */
  @FieldOrder({"device_addr", "reserved", "dmabuf_fd", "flags", "size"})
  public static class bm_device_mem_t extends CStruct {
    public long device_addr;
    public int reserved;
    public int dmabuf_fd;

    /** Bits 0 to 2 the memory's type, 3 to 5 its heap. */
    public int flags;

    /** Unsigned. */
    public int size;

    public bm_device_mem_t() {}

    public bm_device_mem_t(Pointer memory) {
      super(memory);
    }

    public static final class ByValue extends bm_device_mem_t implements Structure.ByValue {
      public ByValue() {
        setAutoSynch(false);
      }

      public ByValue(Pointer memory) {
        super(memory);
        setAutoSynch(false);
      }
    }
  }

  /** In MiB. */
  @FieldOrder({"total", "avail", "used"})
  public static final class bm_heap_stat_t extends CStruct {
    public int total;
    public int avail;
    public int used;
  }

  /** In MiB and per cent. */
  @FieldOrder({"mem_total", "mem_used", "tpu_util", "heap_num", "heap_stat"})
  public static final class bm_dev_stat_t extends CStruct {
    public int mem_total;
    public int mem_used;
    public int tpu_util;
    public int heap_num;
    public bm_heap_stat_t[] heap_stat = (bm_heap_stat_t[]) new bm_heap_stat_t().toArray(4);
  }

  /** In bytes; {@code heap_id} and {@code mem_start_addr} are not written in SOC mode. */
  @FieldOrder({"heap_id", "mem_total", "mem_avail", "mem_used", "mem_start_addr"})
  public static final class bm_heap_stat_byte_t extends CStruct {
    public int heap_id;
    public long mem_total;
    public long mem_avail;
    public long mem_used;
    public long mem_start_addr;
  }

  @FieldOrder({
    "pcie_soc_mode",
    "ddr_ecc_enable",
    "ddr0a_size",
    "ddr0b_size",
    "ddr1_size",
    "ddr2_size",
    "chipid",
    "chipid_bit_mask",
    "driver_version",
    "domain_bdf",
    "board_version",
    "a53_enable",
    "dyn_enable"
  })
  public static final class bm_misc_info extends CStruct {
    /** 0 PCIe, 1 SOC. */
    public int pcie_soc_mode;

    public int ddr_ecc_enable;
    public long ddr0a_size;
    public long ddr0b_size;
    public long ddr1_size;
    public long ddr2_size;
    public int chipid;
    public long chipid_bit_mask;
    public int driver_version;
    public int domain_bdf;
    public int board_version;
    public int a53_enable;
    public int dyn_enable;
  }
}
