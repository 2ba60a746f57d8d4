package io.airbox.sophon;

import java.util.List;

/**
 * A launch of a network on tensors that were checked once, to be run many times. Holds no device
 * memory of its own; running it allocates nothing, neither in Java nor on the device.
 */
public final class Launch {
  private final BModel model;
  private final NetworkFacts network;
  private final List<Tensor> inputs;
  private final List<Tensor> outputs;
  private Driver.Prepared prepared;
  private int loads;

  Launch(
      BModel model,
      NetworkFacts network,
      List<Tensor> inputs,
      List<Tensor> outputs,
      Driver.Prepared prepared) {
    this.model = model;
    this.network = network;
    this.inputs = inputs;
    this.outputs = outputs;
    this.prepared = prepared;
    this.loads = model.loads();
  }

  public List<Tensor> inputs() {
    return inputs;
  }

  public List<Tensor> outputs() {
    return outputs;
  }

  /**
   * Runs the network and waits for its end.
   *
   * @throws TpuException {@code LAUNCH_FAILED} or {@code CALL_FAILED}: the outputs are undefined;
   *     {@code DEVICE_HUNG}: so is the device, until the box restarts; {@code CLOSED}, {@code
   *     WRONG_THREAD}: nothing was run
   */
  public void run() {
    model.check();
    for (int i = 0; i < inputs.size(); i++) {
      inputs.get(i).memory().checkOpen();
    }
    for (int i = 0; i < outputs.size(); i++) {
      outputs.get(i).memory().checkOpen();
    }
    if (loads != model.loads()) {
      prepared = model.runtime().prepare(network.name(), inputs, outputs);
      loads = model.loads();
    }
    model.device().run(prepared);
  }

  /**
   * The shape that the last run gave to an output; of a static network always the stage's.
   *
   * @throws TpuException {@code CLOSED}
   */
  public Shape outputShape(int index) {
    model.check();
    return network.dynamic() ? prepared.outputShape(index) : outputs.get(index).shape();
  }
}
