package io.airbox.generation.engine.bm1684x;

import io.airbox.generation.Message;
import io.airbox.generation.engine.MemoryNeed;
import io.airbox.generation.engine.TensorInfo;
import io.airbox.generation.engine.TensorInfo.ElementType;
import io.airbox.sophon.BModelFile;
import io.airbox.sophon.DataType;
import io.airbox.sophon.NetworkFacts;
import io.airbox.sophon.Shape;
import io.airbox.sophon.Stage;
import io.airbox.sophon.TensorSpec;
import io.airbox.sophon.TpuException;
import io.airbox.sophon.TpuException.Reason;
import java.util.ArrayList;
import java.util.List;

/**
 * The network of a bmodel as a pipeline sees it, and the device memory it takes with its inputs and
 * outputs; told by the file alone.
 *
 * <p>A bmodel holds one network with a stage for each size it was compiled for. Its inputs beyond
 * the fourth kind, which only a UNet with the residuals of a ControlNet has, are usually
 * {@linkplain io.airbox.generation.engine.Tensor.Zeros zeros} and share one buffer.
 */
public final class NetworkBorders {
  /** A UNet has sample, timestep, text states, and perhaps one more. */
  private static final int USUAL_INPUTS = 4;

  /** Where the residuals of a UNet that has them begin. */
  private static final int FIRST_RESIDUAL = 3;

  /** The driver gives out device memory in these. */
  private static final long PAGE = 4096;

  private final String name;
  private final List<TensorInfo> inputs;
  private final List<TensorInfo> outputs;
  private final List<List<List<Long>>> stages;
  private final int buffered;
  private final List<Long> inputBytes;
  private final List<Long> outputBytes;
  private final long zeroBytes;
  private final MemoryNeed need;

  private NetworkBorders(BModelFile file, NetworkFacts facts) {
    this.name = facts.name();
    List<List<Shape>> shapes = facts.stages().stream().map(Stage::inputs).toList();
    this.stages =
        shapes.stream().map(stage -> stage.stream().map(NetworkBorders::sizes).toList()).toList();
    this.inputs = infos(file, facts.inputs(), shapes);
    this.outputs =
        infos(file, facts.outputs(), facts.stages().stream().map(Stage::outputs).toList());
    this.buffered = inputs.size() > USUAL_INPUTS ? FIRST_RESIDUAL : inputs.size();
    this.inputBytes = facts.inputs().stream().map(NetworkBorders::pages).toList();
    this.outputBytes = facts.outputs().stream().map(NetworkBorders::pages).toList();
    this.zeroBytes = inputBytes.stream().skip(buffered).mapToLong(Long::longValue).max().orElse(0);
    this.need = need(file.memoryNeed());
  }

  /**
   * The borders of the network in a bmodel.
   *
   * @throws TpuException {@code INVALID_BMODEL} for one that the pipeline has no use for: several
   *     networks, a dynamic one, element types other than F32, F16, BF16 and INT32
   */
  public static NetworkBorders of(BModelFile file) {
    List<NetworkFacts> networks = file.networks();
    if (networks.size() != 1) {
      throw unusable(
          file,
          Message.of(
              "has %d networks (%s) instead of one",
              networks.size(),
              String.join(", ", networks.stream().map(NetworkFacts::name).toList())));
    }
    NetworkFacts network = networks.get(0);
    if (network.dynamic()) {
      throw unusable(
          file,
          Message.of(
              "network %s was compiled for changing shapes; compile it for fixed ones",
              network.name()));
    }
    return new NetworkBorders(file, network);
  }

  private MemoryNeed need(BModelFile.MemoryNeed model) {
    long total =
        pages(model.weightBytes())
            + pages(model.instructionBytes())
            + pages(model.activationBytes())
            + zeroBytes;
    long largest = Math.max(pages(model.largestBlockBytes()), zeroBytes);
    for (long bytes : inputBytes.subList(0, buffered)) {
      total += bytes;
      largest = Math.max(largest, bytes);
    }
    for (long bytes : outputBytes) {
      total += bytes;
      largest = Math.max(largest, bytes);
    }
    return new MemoryNeed(total, Math.min(total, largest));
  }

  private static TpuException unusable(BModelFile file, String why) {
    return TpuException.of(Reason.INVALID_BMODEL, file.path() + ": " + why, "");
  }

  private static List<TensorInfo> infos(
      BModelFile file, List<TensorSpec> specs, List<List<Shape>> shapes) {
    List<TensorInfo> infos = new ArrayList<>();
    for (int i = 0; i < specs.size(); i++) {
      TensorSpec spec = specs.get(i);
      List<Long> common = sizes(shapes.get(0).get(i));
      for (List<Shape> stage : shapes) {
        common = common(common, sizes(stage.get(i)), file, spec);
      }
      infos.add(new TensorInfo(spec.name(), type(file, spec), List.copyOf(common)));
    }
    return List.copyOf(infos);
  }

  /** The sizes that two stages share, −1 where they differ. */
  private static List<Long> common(
      List<Long> one, List<Long> other, BModelFile file, TensorSpec spec) {
    if (one.size() != other.size()) {
      throw unusable(file, Message.of("%s has another number of axes in each stage", spec.name()));
    }
    List<Long> common = new ArrayList<>();
    for (int axis = 0; axis < one.size(); axis++) {
      common.add(one.get(axis).equals(other.get(axis)) ? one.get(axis) : Long.valueOf(-1));
    }
    return common;
  }

  private static ElementType type(BModelFile file, TensorSpec spec) {
    return switch (spec.type()) {
      case FLOAT32 -> ElementType.FLOAT32;
      case FLOAT16 -> ElementType.FLOAT16;
      case BFLOAT16 -> ElementType.BFLOAT16;
      case INT32 -> ElementType.INT32;
      case INT8, UINT8, INT16, UINT16, UINT32, INT4, UINT4 ->
          throw unusable(
              file,
              Message.of(
                  "%s has element type %s; supported are FLOAT32, FLOAT16, BFLOAT16 and INT32",
                  spec.name(), spec.type()));
    };
  }

  static DataType type(ElementType type) {
    return switch (type) {
      case FLOAT32 -> DataType.FLOAT32;
      case FLOAT16 -> DataType.FLOAT16;
      case BFLOAT16 -> DataType.BFLOAT16;
      case INT32 -> DataType.INT32;
      case INT64 -> throw new IllegalArgumentException("the device knows no INT64");
    };
  }

  private static long pages(TensorSpec spec) {
    return pages(spec.maxBytes());
  }

  private static long pages(long bytes) {
    return (bytes + PAGE - 1) / PAGE * PAGE;
  }

  /** A shape's sizes as the pipeline writes them. */
  private static List<Long> sizes(Shape shape) {
    List<Long> sizes = new ArrayList<>();
    for (int axis = 0; axis < shape.rank(); axis++) {
      sizes.add((long) shape.dimension(axis));
    }
    return List.copyOf(sizes);
  }

  /** The network's name; a converter may tell in it what it did. */
  public String name() {
    return name;
  }

  /** The inputs in order; a size in which the stages differ is −1. */
  public List<TensorInfo> inputs() {
    return inputs;
  }

  /** The outputs in order; a size in which the stages differ is −1. */
  public List<TensorInfo> outputs() {
    return outputs;
  }

  /** For each stage the shapes of all inputs. */
  public List<List<List<Long>>> stages() {
    return stages;
  }

  /**
   * The device memory that loading the network and running any of its stages takes. Where prompts
   * alternate, their states take a few hundred kilobytes more.
   */
  public MemoryNeed need() {
    return need;
  }

  /** How many of the inputs have a buffer from the start. */
  int buffered() {
    return buffered;
  }

  /** Bytes of the largest stage's values of each input. */
  List<Long> inputBytes() {
    return inputBytes;
  }

  /** Bytes of the buffer of each output. */
  List<Long> outputBytes() {
    return outputBytes;
  }

  /** Bytes of the zeros that the other inputs share; 0 when there are none. */
  long zeroBytes() {
    return zeroBytes;
  }
}
