package io.airbox.sophon.jna;

import com.sun.jna.Pointer;
import com.sun.jna.Structure.FieldOrder;
import com.sun.jna.ptr.PointerByReference;
import io.airbox.sophon.jna.Bmlib.bm_device_mem_t;
import java.nio.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * The functions of libbmrt that every release has, by direct mapping. The runtime is a {@link
 * Pointer}, a C {@code bool} a byte of which only the lowest bit counts, texts are UTF-8 with a NUL
 * at the end.
 */
@SuppressWarnings("MemberName") // C's names
final class Bmrt {
  private Bmrt() {}

  static native Pointer bmrt_create(Pointer bm_handle);

  static native void bmrt_destroy(Pointer p_bmrt);

  static native byte bmrt_load_bmodel(Pointer p_bmrt, Pointer bmodel_path);

  static native byte bmrt_load_bmodel_data(Pointer p_bmrt, Buffer bmodel_data, long size);

  static native void bmrt_get_network_names(Pointer p_bmrt, PointerByReference network_names);

  static native int bmrt_get_network_number(Pointer p_bmrt);

  static native Pointer bmrt_get_network_info(Pointer p_bmrt, Pointer net_name);

  static native byte bmrt_launch_tensor_ex(
      Pointer p_bmrt,
      Pointer net_name,
      Pointer input_tensors,
      int input_num,
      Pointer output_tensors,
      int output_num,
      byte user_mem,
      byte user_stmode);

  @FieldOrder({"num_dims", "dims"})
  public static final class bm_shape_t extends CStruct {
    public int num_dims;
    public int[] dims = new int[8];

    public bm_shape_t() {}

    public bm_shape_t(Pointer memory) {
      super(memory);
    }
  }

  @FieldOrder({"dtype", "shape", "device_mem", "st_mode"})
  public static final class bm_tensor_t extends CStruct {
    public int dtype;
    public bm_shape_t shape = new bm_shape_t();
    public bm_device_mem_t device_mem = new bm_device_mem_t();
    public int st_mode;
  }

  /** As in 0.4.9; the beginning of the later form. It is an array's element: the size counts. */
  @FieldOrder({"input_shapes", "output_shapes"})
  public static class bm_stage_info_t extends CStruct {
    public @Nullable Pointer input_shapes;
    public @Nullable Pointer output_shapes;

    public bm_stage_info_t() {}

    public bm_stage_info_t(Pointer memory) {
      super(memory);
    }
  }

  /** As in 0.5.1. */
  @FieldOrder({"input_mems", "output_mems"})
  public static final class bm_stage_info_t_0_5 extends bm_stage_info_t {
    public @Nullable Pointer input_mems;
    public @Nullable Pointer output_mems;

    public bm_stage_info_t_0_5() {}

    public bm_stage_info_t_0_5(Pointer memory) {
      super(memory);
    }
  }

  /** As in 0.4.9; the beginning of the later form. */
  @FieldOrder({
    "name",
    "is_dynamic",
    "input_num",
    "input_names",
    "input_dtypes",
    "input_scales",
    "output_num",
    "output_names",
    "output_dtypes",
    "output_scales",
    "stage_num",
    "stages",
    "max_input_bytes",
    "max_output_bytes",
    "input_zero_point",
    "output_zero_point"
  })
  public static class bm_net_info_t extends CStruct {
    public @Nullable Pointer name;
    public byte is_dynamic;
    public int input_num;
    public @Nullable Pointer input_names;
    public @Nullable Pointer input_dtypes;
    public @Nullable Pointer input_scales;
    public int output_num;
    public @Nullable Pointer output_names;
    public @Nullable Pointer output_dtypes;
    public @Nullable Pointer output_scales;
    public int stage_num;
    public @Nullable Pointer stages;
    public @Nullable Pointer max_input_bytes;
    public @Nullable Pointer max_output_bytes;
    public @Nullable Pointer input_zero_point;
    public @Nullable Pointer output_zero_point;

    public bm_net_info_t() {}

    public bm_net_info_t(Pointer memory) {
      super(memory);
    }
  }

  /** As in 0.5.1. */
  @FieldOrder({"input_loc_devices", "output_loc_devices", "core_num", "addr_mode"})
  public static final class bm_net_info_t_0_5 extends bm_net_info_t {
    public @Nullable Pointer input_loc_devices;
    public @Nullable Pointer output_loc_devices;
    public int core_num;
    public int addr_mode;

    public bm_net_info_t_0_5() {}

    public bm_net_info_t_0_5(Pointer memory) {
      super(memory);
    }
  }
}
