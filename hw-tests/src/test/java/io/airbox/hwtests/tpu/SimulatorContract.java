package io.airbox.hwtests.tpu;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.airbox.sophon.BModel;
import io.airbox.sophon.BModelCopy;
import io.airbox.sophon.DeviceMemory;
import io.airbox.sophon.Driver;
import io.airbox.sophon.DriverContract;
import io.airbox.sophon.Launch;
import io.airbox.sophon.Network;
import io.airbox.sophon.Shape;
import io.airbox.sophon.Stage;
import io.airbox.sophon.jna.MappedLoad;
import io.airbox.sophon.jna.NativeDriver;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs in the child process of {@link SimulatorIT}, never in the test runner. */
final class SimulatorContract extends DriverContract {
  private static final Simulator SIMULATOR = fetched();
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir private Path folder;

  private static final NativeDriver DRIVER = NativeDriver.loadFrom(SIMULATOR.libraries());

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

  @Test
  void readsEveryStageOfARealDescription() throws Exception {
    Path two =
        Files.write(
            folder.resolve("two.bmodel"),
            BModelCopy.withASecondStage(Files.readAllBytes(bmodel())));
    try (BModel model = device().load(two)) {
      Network network = model.networks().get(0);
      assertThat(network.stages())
          .extracting(Stage::inputs)
          .containsExactlyInAnyOrder(List.of(Shape.of(3, 90, 60)), List.of(Shape.of(1, 90, 60)));
      assertThat(network.stages())
          .extracting(Stage::outputs)
          .containsExactlyInAnyOrder(
              List.of(Shape.of(3, 3, 60, 60)), List.of(Shape.of(1, 3, 60, 60)));
      assertThat(network.stage(List.of(Shape.of(1, 90, 60))).outputs())
          .containsExactly(Shape.of(1, 3, 60, 60));
    }
  }

  @Test
  void copiesAndLaunchesAllocateNoJavaMemory() {
    try (BModel model = device().load(bmodel())) {
      Network network = model.networks().get(0);
      Stage stage = network.stages().get(0);
      Launch launch =
          network.prepare(network.allocateInputs(stage), network.allocateOutputs(stage));
      DeviceMemory input = launch.inputs().get(0).memory();
      DeviceMemory output = launch.outputs().get(0).memory();
      ByteBuffer sent = ByteBuffer.allocateDirect((int) input.bytes());
      ByteBuffer received = ByteBuffer.allocateDirect((int) output.bytes());
      long allocated = 0;
      for (int i = 0; i < 4; i++) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        input.write(sent);
        launch.run();
        output.read(received);
        allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
      }
      // the first rounds load classes
      assertThat(allocated).isZero();
    }
  }

  @Test
  void loadsFromMappedPages() {
    device().close();
    assertThat(MappedLoad.networks(DRIVER, bmodel())).containsExactly("Yuv2rgb_0");
  }

  static Simulator fetched() {
    try {
      return Simulator.provide();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
