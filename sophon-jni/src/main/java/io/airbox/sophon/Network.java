package io.airbox.sophon;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * A network of a loaded bmodel.
 *
 * <pre>{@code
 * Stage stage = network.stages().get(0);
 * List<Tensor> inputs = network.allocateInputs(stage);
 * List<Tensor> outputs = network.allocateOutputs(stage);
 * Launch launch = network.prepare(inputs, outputs);
 * inputs.get(0).memory().write(pixels);
 * launch.run();
 * outputs.get(0).memory().read(result);
 * }</pre>
 */
public final class Network {
  private final BModel model;
  private final NetworkFacts facts;

  Network(BModel model, NetworkFacts facts) {
    this.model = model;
    this.facts = facts;
  }

  public String name() {
    return facts.name();
  }

  /** Whether inputs smaller than a stage's shapes are accepted. */
  public boolean dynamic() {
    return facts.dynamic();
  }

  public List<TensorSpec> inputs() {
    return facts.inputs();
  }

  public List<TensorSpec> outputs() {
    return facts.outputs();
  }

  public List<Stage> stages() {
    return facts.stages();
  }

  /**
   * The stage that inputs of these shapes run in: of a static network the one compiled for exactly
   * these, of a dynamic one the first that they fit in.
   *
   * @throws TpuException {@code INVALID_ARGUMENT} with the shapes that are possible
   */
  public Stage stage(List<Shape> inputShapes) {
    for (Stage stage : facts.stages()) {
      if (facts.dynamic() ? fit(inputShapes, stage.inputs()) : inputShapes.equals(stage.inputs())) {
        return stage;
      }
    }
    throw TpuException.invalid(
        "network \"%s\" takes no inputs of shapes %s; %s %s",
        name(),
        inputShapes,
        facts.dynamic() ? "it takes at most" : "it was compiled for",
        facts.stages().stream().map(Stage::inputs).toList());
  }

  /** Allocates a tensor for each input of a stage. On failure none stays allocated. */
  public List<Tensor> allocateInputs(Stage stage) {
    return allocate(facts.inputs(), stage.inputs(), "input");
  }

  /** Allocates a tensor for each output of a stage. On failure none stays allocated. */
  public List<Tensor> allocateOutputs(Stage stage) {
    return allocate(facts.outputs(), stage.outputs(), "output");
  }

  /**
   * Lays out a launch, to be run as often as wanted while the model and the tensors live.
   *
   * @param inputs one per input of the network, of its type, of shapes that select a {@linkplain
   *     #stage stage}
   * @param outputs one per output, of its type and of the stage's shape; in memories of their own
   * @throws TpuException {@code INVALID_ARGUMENT} saying which tensor does not fit, {@code CLOSED},
   *     {@code WRONG_THREAD}
   */
  public Launch prepare(List<Tensor> inputs, List<Tensor> outputs) {
    model.check();
    checkTensors("input", inputs, facts.inputs());
    checkTensors("output", outputs, facts.outputs());
    Stage stage = stage(inputs.stream().map(Tensor::shape).toList());
    for (int i = 0; i < outputs.size(); i++) {
      if (!outputs.get(i).shape().equals(stage.outputs().get(i))) {
        throw TpuException.invalid(
            "output %d \"%s\" of network \"%s\" has shape %s here, not %s",
            i,
            facts.outputs().get(i).name(),
            name(),
            stage.outputs().get(i),
            outputs.get(i).shape());
      }
      long most = facts.outputs().get(i).maxBytes();
      if (facts.dynamic() && outputs.get(i).memory().bytes() < most) {
        throw TpuException.invalid(
            "output %d of the dynamic network \"%s\" may take %d bytes and is %s",
            i, name(), most, outputs.get(i).memory());
      }
    }
    checkApart(inputs, outputs);
    return new Launch(
        model,
        facts,
        List.copyOf(inputs),
        List.copyOf(outputs),
        model.runtime().prepare(name(), inputs, outputs));
  }

  @Override
  public String toString() {
    return name() + " of " + model;
  }

  private void checkTensors(String role, List<Tensor> tensors, List<TensorSpec> specs) {
    if (tensors.size() != specs.size()) {
      throw TpuException.invalid(
          "network \"%s\" has %d %ss, not %d", name(), specs.size(), role, tensors.size());
    }
    for (int i = 0; i < specs.size(); i++) {
      Tensor tensor = tensors.get(i);
      tensor.memory().checkOpen();
      if (tensor.memory().device() != model.device()) {
        throw TpuException.invalid(
            "%s %d of network \"%s\" lies on another device", role, i, name());
      }
      if (tensor.type() != specs.get(i).type()) {
        throw TpuException.invalid(
            "%s %d \"%s\" of network \"%s\" is %s, not %s",
            role, i, specs.get(i).name(), name(), specs.get(i).type(), tensor.type());
      }
    }
  }

  /** An output that shares memory with another tensor would be written while that is read. */
  private void checkApart(List<Tensor> inputs, List<Tensor> outputs) {
    Set<DeviceMemory> taken = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Tensor input : inputs) {
      taken.add(input.memory());
    }
    for (int i = 0; i < outputs.size(); i++) {
      if (!taken.add(outputs.get(i).memory())) {
        throw TpuException.invalid(
            "output %d of network \"%s\" lies in memory that another tensor of the launch has",
            i, name());
      }
    }
  }

  private List<Tensor> allocate(List<TensorSpec> specs, List<Shape> shapes, String role) {
    model.check();
    List<Tensor> tensors = new ArrayList<>(specs.size());
    try {
      for (int i = 0; i < specs.size(); i++) {
        TensorSpec spec = specs.get(i);
        Shape shape = shapes.get(i);
        // a dynamic network may write up to its largest stage's size
        long bytes = Math.max(shape.bytes(spec.type()), facts.dynamic() ? spec.maxBytes() : 0);
        String purpose = name() + " " + role + " " + spec.name();
        tensors.add(new Tensor(model.device().allocate(bytes, purpose), spec.type(), shape));
      }
    } catch (RuntimeException e) {
      tensors.forEach(tensor -> tensor.memory().close());
      throw e;
    }
    return List.copyOf(tensors);
  }

  private static boolean fit(List<Shape> shapes, List<Shape> limits) {
    if (shapes.size() != limits.size()) {
      return false;
    }
    for (int i = 0; i < shapes.size(); i++) {
      if (!shapes.get(i).fitsIn(limits.get(i))) {
        return false;
      }
    }
    return true;
  }
}
