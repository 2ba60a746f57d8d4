package io.airbox.sophon.jna;

import com.sun.jna.Pointer;
import io.airbox.sophon.DataType;
import io.airbox.sophon.LibsophonVersion;
import io.airbox.sophon.NetworkFacts;
import io.airbox.sophon.Shape;
import io.airbox.sophon.Stage;
import io.airbox.sophon.TensorSpec;
import io.airbox.sophon.TpuException;
import io.airbox.sophon.TpuException.Reason;
import io.airbox.sophon.jna.Bmrt.bm_net_info_t;
import io.airbox.sophon.jna.Bmrt.bm_shape_t;
import io.airbox.sophon.jna.Bmrt.bm_stage_info_t;
import io.airbox.sophon.jna.Bmrt.bm_stage_info_t_0_5;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The two binary layouts of libbmrt's descriptions of networks. They differ in the distance between
 * a network's stages, so that the wrong one reads garbage from the second stage on.
 */
enum Abi {
  /** libsophon 0.4.0 to 0.4.9. */
  V0_4(new bm_stage_info_t().size()),
  /** libsophon 0.5.x, and the vendor's simulator. */
  V0_5(new bm_stage_info_t_0_5().size());

  /** Far above any real network, far below what garbage tends to be. */
  private static final int MOST = 4096;

  private final int stageBytes;

  Abi(int stageBytes) {
    this.stageBytes = stageBytes;
  }

  /**
   * The layout of an installation.
   *
   * @param version from the folder's name; empty when it has none
   * @param newSymbols whether libbmrt has {@code bmrt_tensor_ex}, which came with the new layout
   * @throws TpuException {@code UNSUPPORTED_VERSION} when the release is unknown or contradicts its
   *     symbols
   */
  static Abi of(Optional<LibsophonVersion> version, boolean newSymbols, String where) {
    if (version.isEmpty()) {
      return newSymbols ? V0_5 : V0_4;
    }
    LibsophonVersion release = version.get();
    Abi named;
    if (release.major() == 0 && release.minor() == 4 && release.patch() <= 9) {
      named = V0_4;
    } else if (release.major() == 0 && release.minor() == 5) {
      named = V0_5;
    } else {
      throw TpuException.of(
          Reason.UNSUPPORTED_VERSION,
          "libsophon " + release + " at " + where + " has a binary layout that is not known",
          "known are 0.4.0 to 0.4.9 and 0.5.x; install one of these");
    }
    if (newSymbols != (named == V0_5)) {
      throw TpuException.of(
          Reason.UNSUPPORTED_VERSION,
          String.format(
              Locale.ROOT,
              "%s calls itself libsophon %s, but its libbmrt %s bmrt_tensor_ex",
              where,
              release,
              newSymbols ? "has" : "lacks"),
          "the libraries of two releases are mixed; install one of them anew");
    }
    return named;
  }

  /**
   * Reads a {@code bm_net_info_t}.
   *
   * @throws TpuException {@code UNSUPPORTED_VERSION} when what is there cannot be meant
   */
  NetworkFacts read(Pointer memory) {
    // what the later form adds at the end is of no use here
    bm_net_info_t info = new bm_net_info_t(memory);
    info.read();
    String name = text(info.name);
    int inputs = count(info.input_num, name, "inputs");
    int outputs = count(info.output_num, name, "outputs");
    int stageCount = count(info.stage_num, name, "stages");
    List<Stage> stages = new ArrayList<>(stageCount);
    for (int i = 0; i < stageCount; i++) {
      bm_stage_info_t element =
          new bm_stage_info_t(array(info.stages).share((long) i * stageBytes));
      element.read();
      stages.add(
          new Stage(
              i,
              shapes(array(element.input_shapes), inputs),
              shapes(array(element.output_shapes), outputs)));
    }
    return new NetworkFacts(
        name,
        (info.is_dynamic & 1) != 0,
        specs(
            inputs,
            info.input_names,
            info.input_dtypes,
            info.input_scales,
            info.input_zero_point,
            info.max_input_bytes),
        specs(
            outputs,
            info.output_names,
            info.output_dtypes,
            info.output_scales,
            info.output_zero_point,
            info.max_output_bytes),
        stages);
  }

  private static List<TensorSpec> specs(
      int count,
      @Nullable Pointer names,
      @Nullable Pointer types,
      @Nullable Pointer scales,
      @Nullable Pointer zeroPoints,
      @Nullable Pointer bytes) {
    List<TensorSpec> specs = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int type = array(types).getInt(4L * i);
      if (type < 0 || type >= DataType.values().length) {
        throw garbage("a tensor of type " + type);
      }
      specs.add(
          new TensorSpec(
              text(array(names).getPointer(8L * i)),
              DataType.of(type),
              array(scales).getFloat(4L * i),
              array(zeroPoints).getInt(4L * i),
              array(bytes).getLong(8L * i)));
    }
    return specs;
  }

  private static List<Shape> shapes(Pointer first, int count) {
    List<Shape> shapes = new ArrayList<>(count);
    int size = new bm_shape_t().size();
    for (int i = 0; i < count; i++) {
      shapes.add(shape(first.share((long) i * size)));
    }
    return shapes;
  }

  /** Reads a {@code bm_shape_t}. */
  static Shape shape(Pointer memory) {
    int rank = memory.getInt(0);
    if (rank < 0 || rank > Shape.MAX_RANK) {
      throw garbage("a shape of " + rank + " dimensions");
    }
    try {
      return Shape.of(memory.getIntArray(4, rank));
    } catch (TpuException e) {
      throw garbage(e.getMessage());
    }
  }

  private static int count(int count, String network, String what) {
    if (count < 1 || count > MOST) {
      throw garbage(count + " " + what + " of network \"" + network + "\"");
    }
    return count;
  }

  private static String text(@Nullable Pointer text) {
    return array(text).getString(0, StandardCharsets.UTF_8.name());
  }

  private static Pointer array(@Nullable Pointer pointer) {
    if (pointer == null) {
      throw garbage("a null pointer");
    }
    return pointer;
  }

  private static TpuException garbage(String what) {
    return TpuException.of(
        Reason.UNSUPPORTED_VERSION,
        "libbmrt describes a network with " + what,
        "its binary layout is not the one expected of this release; please report it");
  }
}
