package io.airbox.generation.engine.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationException.Reason;
import io.airbox.generation.Message;
import io.airbox.generation.engine.Holding;
import io.airbox.generation.engine.Network;
import io.airbox.generation.engine.Tensor;
import io.airbox.generation.engine.TensorInfo;
import io.airbox.generation.engine.TensorInfo.ElementType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * An ONNX Runtime session with its buffers. For each set of input shapes there is one {@link
 * Binding}; the few used last are kept, so that a picture's steps allocate nothing outside the
 * heap.
 */
final class OnnxNetwork implements Network {
  /** One size at batch 1 and at batch 2, and the same for another size. */
  private static final int BINDINGS = 4;

  private final OrtEnvironment environment;
  private final OrtSession session;
  private final String name;
  private final long weightBytes;
  private final List<TensorInfo> inputs;
  private final List<TensorInfo> outputs;
  private final Map<List<List<Long>>, Binding> bindings = new LinkedHashMap<>(8, 0.75f, true);

  /**
   * @param weightBytes about what the session's weights take
   */
  OnnxNetwork(OrtEnvironment environment, OrtSession session, String name, long weightBytes)
      throws OrtException {
    this.environment = environment;
    this.session = session;
    this.name = name;
    this.weightBytes = weightBytes;
    try {
      this.inputs = describe(session.getInputInfo().values());
      this.outputs = describe(session.getOutputInfo().values());
    } catch (OrtException | GenerationException e) {
      session.close();
      throw e;
    }
  }

  /** Buffers for one set of input shapes; the output's is made when its shape is known. */
  private static final class Binding {
    private final List<IoBuffer> inputs = new ArrayList<>();
    private final Map<String, OnnxTensor> byName = new LinkedHashMap<>();
    private @Nullable IoBuffer output;

    private void hold(OnnxNetwork network, List<Holding> holdings) {
      for (int i = 0; i < inputs.size(); i++) {
        holdings.add(held("input " + network.inputs.get(i).name(), inputs.get(i).size()));
      }
      if (output != null) {
        holdings.add(held("output " + network.outputs.get(0).name(), output.size()));
      }
    }

    private void close() {
      inputs.forEach(IoBuffer::close);
      if (output != null) {
        output.close();
      }
    }
  }

  private List<TensorInfo> describe(Collection<NodeInfo> nodes) {
    List<TensorInfo> infos = new ArrayList<>();
    for (NodeInfo node : nodes) {
      if (!(node.getInfo() instanceof ai.onnxruntime.TensorInfo info)) {
        throw new GenerationException(
            Reason.INVALID_PACK, name + ": " + node.getName() + " is not a tensor");
      }
      infos.add(
          new TensorInfo(
              node.getName(),
              elementType(node.getName(), info),
              Arrays.stream(info.getShape()).boxed().toList()));
    }
    return List.copyOf(infos);
  }

  private ElementType elementType(String node, ai.onnxruntime.TensorInfo info) {
    return switch (info.type) {
      case FLOAT -> ElementType.FLOAT32;
      case FLOAT16 -> ElementType.FLOAT16;
      case BFLOAT16 -> ElementType.BFLOAT16;
      case INT32 -> ElementType.INT32;
      case INT64 -> ElementType.INT64;
      case DOUBLE, INT8, INT16, BOOL, STRING, UINT8, UNKNOWN ->
          throw new GenerationException(
              Reason.INVALID_PACK,
              Message.of(
                  "%s: %s has element type %s; supported are FLOAT, FLOAT16, BFLOAT16, INT32 and INT64",
                  name, node, info.type));
    };
  }

  @Override
  public List<TensorInfo> inputs() {
    return inputs;
  }

  @Override
  public List<TensorInfo> outputs() {
    return outputs;
  }

  @Override
  public void run(List<Tensor> tensors, float[] output) {
    List<List<Long>> shapes = check(tensors);
    try {
      Binding binding = binding(shapes);
      for (int i = 0; i < tensors.size(); i++) {
        binding.inputs.get(i).write(tensors.get(i));
      }
      IoBuffer target = binding.output;
      if (target == null) {
        runFirst(binding, output);
      } else {
        requireLength(target.count(), output);
        session.run(binding.byName, Map.of(outputs.get(0).name(), target.tensor())).close();
        target.read(output);
      }
    } catch (OrtException e) {
      throw OnnxEngine.failure("failed while it ran " + name, e, Reason.ENGINE_FAULT);
    }
  }

  /** Lets ONNX Runtime allocate the output, to learn its shape. */
  private void runFirst(Binding binding, float[] output) throws OrtException {
    try (OrtSession.Result result = session.run(binding.byName, Set.of(outputs.get(0).name()))) {
      OnnxTensor made = (OnnxTensor) result.get(0);
      IoBuffer target = new IoBuffer(environment, outputs.get(0).type(), made.getInfo().getShape());
      binding.output = target;
      requireLength(target.count(), output);
      target.write(made.getByteBuffer());
      target.read(output);
    }
  }

  private void requireLength(int needed, float[] output) {
    if (output.length < needed) {
      throw new IllegalArgumentException(
          Message.of("%s gives %d values, there is room for %d", name, needed, output.length));
    }
  }

  private Binding binding(List<List<Long>> shapes) throws OrtException {
    Binding known = bindings.get(shapes);
    if (known != null) {
      return known;
    }
    Binding made = new Binding();
    for (int i = 0; i < shapes.size(); i++) {
      long[] shape = shapes.get(i).stream().mapToLong(Long::longValue).toArray();
      IoBuffer buffer = new IoBuffer(environment, inputs.get(i).type(), shape);
      made.inputs.add(buffer);
      made.byName.put(inputs.get(i).name(), buffer.tensor());
    }
    bindings.put(shapes, made);
    if (bindings.size() > BINDINGS) {
      Iterator<Binding> oldest = bindings.values().iterator();
      oldest.next().close();
      oldest.remove();
    }
    return made;
  }

  private List<List<Long>> check(List<Tensor> tensors) {
    if (tensors.size() != inputs.size()) {
      throw new IllegalArgumentException(
          Message.of(
              "%s takes %d inputs (%s), got %d",
              name,
              inputs.size(),
              inputs.stream().map(TensorInfo::name).collect(Collectors.joining(", ")),
              tensors.size()));
    }
    List<List<Long>> shapes = new ArrayList<>(tensors.size());
    for (int i = 0; i < tensors.size(); i++) {
      List<Long> shape = Arrays.stream(tensors.get(i).shape()).boxed().toList();
      if (!inputs.get(i).accepts(shape)) {
        throw new IllegalArgumentException(
            Message.of(
                "%s takes %s for %s, got %s",
                name, inputs.get(i).shape(), inputs.get(i).name(), shape));
      }
      shapes.add(shape);
    }
    return shapes;
  }

  /** The weights by the size of their files, the buffers of inputs and outputs exactly. */
  @Override
  public List<Holding> holdings() {
    List<Holding> holdings = new ArrayList<>();
    holdings.add(held("weights", weightBytes));
    bindings.values().forEach(binding -> binding.hold(this, holdings));
    return holdings;
  }

  private static Holding held(String purpose, long bytes) {
    return new Holding(MachineMemory.HEAP, purpose, bytes);
  }

  @Override
  public void close() {
    bindings.values().forEach(Binding::close);
    bindings.clear();
    try {
      session.close();
    } catch (OrtException e) {
      Logger.debug(e, "{} did not close cleanly", name);
    }
  }
}
