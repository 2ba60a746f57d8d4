package io.airbox.generation.engine.bm1684x;

import io.airbox.generation.Message;
import io.airbox.generation.engine.Holding;
import io.airbox.generation.engine.Network;
import io.airbox.generation.engine.Tensor;
import io.airbox.generation.engine.TensorInfo;
import io.airbox.sophon.BModel;
import io.airbox.sophon.BModelFile;
import io.airbox.sophon.DeviceMemory;
import io.airbox.sophon.Heap;
import io.airbox.sophon.Launch;
import io.airbox.sophon.Shape;
import io.airbox.sophon.Stage;
import io.airbox.sophon.TpuDevice;
import io.airbox.sophon.TpuException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A bmodel's network with its buffers in device memory, made once at the size of the largest stage.
 * A run picks the stage that was compiled for the inputs' shapes; with buffers and stages that were
 * used before it allocates nothing, neither in Java nor on the device.
 */
final class Bm1684xNetwork implements Network {
  /** Of each input this many constants stay on the device: two prompts of two requests. */
  private static final int BUFFERS_PER_INPUT = 4;

  /** Launches kept ready: two prompts at a few sizes. Laying one out takes microseconds. */
  private static final int LAUNCHES = 8;

  private final TpuDevice device;
  private final BModel model;
  private final io.airbox.sophon.Network network;
  private final NetworkBorders borders;
  private final HostBuffer host;
  private final List<Stage> stages;
  private final List<InputBuffers> inputs = new ArrayList<>();
  private final List<DeviceMemory> outputs = new ArrayList<>();
  private final @Nullable DeviceMemory zeros;

  /** The buffers of the run that is being prepared, by input. */
  private final DeviceMemory[] chosen;

  private final List<ReadyLaunch> launches = new ArrayList<>();

  /** A launch and what it was laid out for. */
  @SuppressWarnings("ArrayRecordComponent") // compared element by element, by identity
  private record ReadyLaunch(int stage, DeviceMemory[] inputs, Launch launch) {
    boolean suits(int wanted, DeviceMemory[] buffers) {
      if (stage != wanted) {
        return false;
      }
      for (int i = 0; i < buffers.length; i++) {
        if (inputs[i] != buffers[i]) {
          return false;
        }
      }
      return true;
    }
  }

  private Bm1684xNetwork(TpuDevice device, BModel model, NetworkBorders borders, HostBuffer host) {
    this.device = device;
    this.model = model;
    this.network = model.networks().get(0);
    this.borders = borders;
    this.host = host;
    this.stages = network.stages();
    this.chosen = new DeviceMemory[borders.inputs().size()];
    try {
      for (int i = 0; i < borders.inputs().size(); i++) {
        InputBuffers buffers =
            new InputBuffers(borders.inputs().get(i).name(), borders.inputBytes().get(i));
        inputs.add(buffers);
        if (i < borders.buffered()) {
          buffers.add();
        }
      }
      for (int i = 0; i < borders.outputs().size(); i++) {
        outputs.add(
            device.allocate(
                borders.outputBytes().get(i), "output " + borders.outputs().get(i).name()));
      }
      this.zeros = borders.zeroBytes() == 0 ? null : zeros(borders.zeroBytes());
    } catch (TpuException e) {
      close();
      throw e;
    }
  }

  private DeviceMemory zeros(long bytes) {
    DeviceMemory memory = device.allocate(bytes, "zeros");
    try {
      memory.fill((byte) 0);
      return memory;
    } catch (TpuException e) {
      memory.close();
      throw e;
    }
  }

  /**
   * Loads a bmodel and makes its buffers.
   *
   * @throws TpuException why it could not; nothing stays allocated
   */
  static Bm1684xNetwork load(TpuDevice device, BModelFile file, HostBuffer host) {
    NetworkBorders borders = NetworkBorders.of(file);
    BModel model = device.load(file.path());
    return new Bm1684xNetwork(device, model, borders, host);
  }

  /** The buffers of one input. */
  private final class InputBuffers {
    private final String name;
    private final long bytes;

    /** The one used last comes last. */
    private final List<InputBuffer> buffers = new ArrayList<>(BUFFERS_PER_INPUT);

    InputBuffers(String name, long bytes) {
      this.name = name;
      this.bytes = bytes;
    }

    InputBuffer add() {
      InputBuffer buffer = new InputBuffer(device.allocate(bytes, "input " + name));
      buffers.add(buffer);
      return buffer;
    }

    /** The buffer that holds this constant, or one that may be overwritten. */
    InputBuffer bufferFor(Tensor tensor) {
      @Nullable Tensor constant = tensor instanceof Tensor.Constant ? tensor : null;
      for (int i = buffers.size() - 1; i >= 0; i--) {
        if (buffers.get(i).constant == constant) {
          return latest(i);
        }
      }
      for (int i = 0; i < buffers.size(); i++) {
        if (buffers.get(i).constant == null) {
          return latest(i);
        }
      }
      if (buffers.size() < BUFFERS_PER_INPUT) {
        try {
          return add();
        } catch (TpuException e) {
          if (buffers.isEmpty() || e.reason() != TpuException.Reason.OUT_OF_MEMORY) {
            throw e;
          }
        }
      }
      return latest(0);
    }

    private InputBuffer latest(int index) {
      InputBuffer buffer = buffers.get(index);
      for (int i = index; i < buffers.size() - 1; i++) {
        buffers.set(i, buffers.get(i + 1));
      }
      buffers.set(buffers.size() - 1, buffer);
      return buffer;
    }
  }

  /** A buffer of an input, and the constant in it. */
  private static final class InputBuffer {
    private final DeviceMemory memory;
    private @Nullable Tensor constant;

    InputBuffer(DeviceMemory memory) {
      this.memory = memory;
    }
  }

  @Override
  public List<TensorInfo> inputs() {
    return borders.inputs();
  }

  @Override
  public List<TensorInfo> outputs() {
    return borders.outputs();
  }

  @Override
  public Optional<List<List<Long>>> shapes(List<List<Long>> leading) {
    for (List<List<Long>> stage : borders.stages()) {
      if (leading.size() <= stage.size() && leading.equals(stage.subList(0, leading.size()))) {
        return Optional.of(stage);
      }
    }
    return Optional.empty();
  }

  @Override
  public void run(List<Tensor> tensors, float[] output) {
    int index = stage(tensors);
    Stage stage = stages.get(index);
    int values = (int) stage.outputs().get(0).elements();
    if (output.length < values) {
      throw new IllegalArgumentException(
          Message.of("%s gives %d values, there is room for %d", model, values, output.length));
    }
    try {
      for (int i = 0; i < chosen.length; i++) {
        chosen[i] = place(i, tensors.get(i), stage.inputs().get(i));
      }
      launch(index).run();
      outputs.get(0).read(host.room(borders.outputs().get(0).type(), values));
    } catch (TpuException e) {
      throw TpuFailures.running(model.toString(), e);
    }
    host.decode(borders.outputs().get(0).type(), output, values);
  }

  /** The stage compiled for exactly these shapes. */
  private int stage(List<Tensor> tensors) {
    if (tensors.size() == chosen.length) {
      for (int i = 0; i < stages.size(); i++) {
        if (suits(stages.get(i), tensors)) {
          return i;
        }
      }
    }
    throw new IllegalArgumentException(
        Message.of(
            "%s takes no inputs of shapes %s; it was compiled for %s",
            model,
            tensors.stream()
                .map(tensor -> Arrays.toString(tensor.shape()))
                .collect(Collectors.joining(", ")),
            stages.stream().map(Stage::inputs).toList()));
  }

  private static boolean suits(Stage stage, List<Tensor> tensors) {
    for (int i = 0; i < tensors.size(); i++) {
      Shape wanted = stage.inputs().get(i);
      long[] actual = tensors.get(i).shape();
      if (actual.length != wanted.rank()) {
        return false;
      }
      for (int axis = 0; axis < actual.length; axis++) {
        if (actual[axis] != wanted.dimension(axis)) {
          return false;
        }
      }
    }
    return true;
  }

  /** Brings a tensor to the device if it is not there, and says where it lies. */
  private DeviceMemory place(int input, Tensor tensor, Shape shape) {
    TensorInfo info = borders.inputs().get(input);
    int values = (int) shape.elements();
    long bytes = (long) values * HostBuffer.size(info.type());
    if (tensor instanceof Tensor.Zeros && zeros != null && bytes <= zeros.bytes()) {
      return zeros;
    }
    InputBuffer buffer = inputs.get(input).bufferFor(tensor);
    if (buffer.constant == null || buffer.constant != tensor) {
      buffer.constant = null; // whatever happens on the way
      buffer.memory.write(host.encode(tensor, info.type(), values));
      buffer.constant = tensor instanceof Tensor.Constant ? tensor : null;
    }
    return buffer.memory;
  }

  private Launch launch(int index) {
    for (int i = 0; i < launches.size(); i++) {
      if (launches.get(i).suits(index, chosen)) {
        return launches.get(i).launch();
      }
    }
    Stage stage = stages.get(index);
    List<io.airbox.sophon.Tensor> in = new ArrayList<>();
    for (int i = 0; i < chosen.length; i++) {
      in.add(tensor(chosen[i], borders.inputs().get(i), stage.inputs().get(i)));
    }
    List<io.airbox.sophon.Tensor> out = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      out.add(tensor(outputs.get(i), borders.outputs().get(i), stage.outputs().get(i)));
    }
    Launch launch = network.prepare(in, out);
    if (launches.size() == LAUNCHES) {
      launches.remove(0);
    }
    launches.add(new ReadyLaunch(index, chosen.clone(), launch));
    return launch;
  }

  private static io.airbox.sophon.Tensor tensor(DeviceMemory memory, TensorInfo info, Shape shape) {
    return new io.airbox.sophon.Tensor(memory, NetworkBorders.type(info.type()), shape);
  }

  @Override
  public List<Holding> holdings() {
    List<Holding> holdings = new ArrayList<>(modelHoldings());
    for (DeviceMemory memory : memories()) {
      if (!memory.isClosed()) {
        holdings.add(new Holding(memory.heap().id(), memory.purpose(), memory.bytes()));
      }
    }
    return List.copyOf(holdings);
  }

  /**
   * What the file declares, laid into the heaps that were seen to grow; where more was taken than
   * declared, the rest is the runtime's own.
   */
  private List<Holding> modelHoldings() {
    if (model.isClosed()) {
      return List.of();
    }
    BModelFile.MemoryNeed need = model.file().memoryNeed();
    List<Holding> holdings = new ArrayList<>();
    Map<Heap, Long> left = new EnumMap<>(Heap.class);
    left.putAll(model.growth());
    boolean told = !left.isEmpty();
    List<String> purposes = List.of("weights", "activations", "instructions");
    List<Long> sizes = List.of(need.weightBytes(), need.activationBytes(), need.instructionBytes());
    for (int i = 0; i < purposes.size(); i++) {
      long missing = sizes.get(i);
      if (!told && missing > 0) {
        holdings.add(new Holding(Heap.NPU.id(), purposes.get(i), missing));
      }
      for (Map.Entry<Heap, Long> heap : left.entrySet()) {
        long part = Math.min(missing, Math.max(0, heap.getValue()));
        if (part > 0) {
          holdings.add(new Holding(heap.getKey().id(), purposes.get(i), part));
          heap.setValue(heap.getValue() - part);
          missing -= part;
        }
      }
    }
    left.forEach(
        (heap, rest) -> {
          if (rest > 0) {
            holdings.add(new Holding(heap.id(), "runtime", rest));
          }
        });
    return holdings;
  }

  private List<DeviceMemory> memories() {
    List<DeviceMemory> memories = new ArrayList<>();
    for (InputBuffers input : inputs) {
      input.buffers.forEach(buffer -> memories.add(buffer.memory));
    }
    memories.addAll(outputs);
    if (zeros != null) {
      memories.add(zeros);
    }
    return memories;
  }

  /** Gives all back, also when a part of it fails. */
  @Override
  public void close() {
    launches.clear();
    @Nullable TpuException failure = null;
    List<Runnable> closings = new ArrayList<>();
    memories().forEach(memory -> closings.add(memory::close));
    closings.add(model::close);
    for (Runnable closing : closings) {
      try {
        closing.run();
      } catch (TpuException e) {
        failure = failure == null ? e : failure;
      }
    }
    if (failure != null) {
      throw TpuFailures.running(model.toString(), failure);
    }
  }
}
