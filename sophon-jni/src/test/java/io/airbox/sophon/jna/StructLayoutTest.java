package io.airbox.sophon.jna;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.sophon.jna.Bmlib.bm_dev_stat_t;
import io.airbox.sophon.jna.Bmlib.bm_device_mem_t;
import io.airbox.sophon.jna.Bmlib.bm_heap_stat_byte_t;
import io.airbox.sophon.jna.Bmlib.bm_heap_stat_t;
import io.airbox.sophon.jna.Bmlib.bm_misc_info;
import io.airbox.sophon.jna.Bmrt.bm_net_info_t;
import io.airbox.sophon.jna.Bmrt.bm_net_info_t_0_5;
import io.airbox.sophon.jna.Bmrt.bm_shape_t;
import io.airbox.sophon.jna.Bmrt.bm_stage_info_t;
import io.airbox.sophon.jna.Bmrt.bm_stage_info_t_0_5;
import io.airbox.sophon.jna.Bmrt.bm_tensor_t;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sizes and offsets as a C compiler lays them out on 64-bit Linux, measured with the headers of
 * libsophon 0.4.9 and 0.5.1.
 */
final class StructLayoutTest {
  static Stream<Arguments> structs() {
    String net =
        "name 0, is_dynamic 8, input_num 12, input_names 16, input_dtypes 24, input_scales 32,"
            + " output_num 40, output_names 48, output_dtypes 56, output_scales 64, stage_num 72,"
            + " stages 80, max_input_bytes 88, max_output_bytes 96, input_zero_point 104,"
            + " output_zero_point 112";
    String descriptor = "device_addr 0, reserved 8, dmabuf_fd 12, flags 16, size 20";
    return Stream.of(
        Arguments.of(new bm_device_mem_t(), 24, descriptor),
        Arguments.of(new bm_device_mem_t.ByValue(), 24, descriptor),
        Arguments.of(new bm_heap_stat_t(), 12, "total 0, avail 4, used 8"),
        Arguments.of(
            new bm_dev_stat_t(),
            64,
            "mem_total 0, mem_used 4, tpu_util 8, heap_num 12, heap_stat 16"),
        Arguments.of(
            new bm_heap_stat_byte_t(),
            40,
            "heap_id 0, mem_total 8, mem_avail 16, mem_used 24, mem_start_addr 32"),
        Arguments.of(
            new bm_misc_info(),
            80,
            "pcie_soc_mode 0, ddr_ecc_enable 4, ddr0a_size 8, ddr0b_size 16, ddr1_size 24,"
                + " ddr2_size 32, chipid 40, chipid_bit_mask 48, driver_version 56, domain_bdf 60,"
                + " board_version 64, a53_enable 68, dyn_enable 72"),
        Arguments.of(new bm_shape_t(), 36, "num_dims 0, dims 4"),
        Arguments.of(new bm_tensor_t(), 72, "dtype 0, shape 4, device_mem 40, st_mode 64"),
        Arguments.of(new bm_stage_info_t(), 16, "input_shapes 0, output_shapes 8"),
        Arguments.of(
            new bm_stage_info_t_0_5(),
            32,
            "input_shapes 0, output_shapes 8, input_mems 16, output_mems 24"),
        Arguments.of(new bm_net_info_t(), 120, net),
        Arguments.of(
            new bm_net_info_t_0_5(),
            144,
            net + ", input_loc_devices 120, output_loc_devices 128, core_num 136, addr_mode 140"));
  }

  @ParameterizedTest
  @MethodSource("structs")
  void isLaidOutAsInC(CStruct struct, int size, String fields) {
    assertThat(struct.size()).isEqualTo(size);
    Map<String, Integer> expected =
        Arrays.stream(fields.split(", "))
            .map(field -> field.split(" "))
            .collect(Collectors.toMap(f -> f[0], f -> Integer.valueOf(f[1])));
    expected.forEach(
        (field, offset) -> assertThat(struct.offsetOf(field)).as(field).isEqualTo(offset));
    assertThat(struct.getClass().getFields())
        .extracting(Field::getName)
        .containsAll(expected.keySet());
  }
}
