package io.airbox.hwtests.tpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.sophon.BModel;
import io.airbox.sophon.Driver;
import io.airbox.sophon.DriverContract;
import io.airbox.sophon.Launch;
import io.airbox.sophon.Network;
import io.airbox.sophon.Stage;
import io.airbox.sophon.jna.NativeDriver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Runs in the child process of {@link SimulatorIT}, never in the test runner. */
final class SimulatorContract extends DriverContract {
  private static final Simulator SIMULATOR = fetched();
  private static final Driver DRIVER = NativeDriver.loadFrom(SIMULATOR.libraries());

  @Override
  protected Driver driver() {
    return DRIVER;
  }

  @Override
  protected Path bmodel() {
    return SIMULATOR.bmodel();
  }

  @Test
  void computesWhatTheCompilerRecorded() throws IOException {
    byte[] input = Files.readAllBytes(SIMULATOR.input());
    byte[] expected = Files.readAllBytes(SIMULATOR.output());
    try (BModel model = device().load(bmodel())) {
      Network network = model.networks().get(0);
      Stage stage = network.stages().get(0);
      Launch launch =
          network.prepare(network.allocateInputs(stage), network.allocateOutputs(stage));
      launch
          .inputs()
          .get(0)
          .memory()
          .write(ByteBuffer.allocateDirect(input.length).put(input).flip());
      launch.run();
      ByteBuffer output = ByteBuffer.allocateDirect(expected.length);
      launch.outputs().get(0).memory().read(output);
      assertThat(output).isEqualTo(ByteBuffer.wrap(expected));
    }
  }

  static Simulator fetched() {
    try {
      return Simulator.provide();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
