package io.airbox.hwtests.tpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.sophon.BModel;
import io.airbox.sophon.BModelFile;
import io.airbox.sophon.BModelWriter;
import io.airbox.sophon.DataType;
import io.airbox.sophon.DeviceMemory;
import io.airbox.sophon.Driver;
import io.airbox.sophon.DriverContract;
import io.airbox.sophon.Heap;
import io.airbox.sophon.HeapUse;
import io.airbox.sophon.Network;
import io.airbox.sophon.Shape;
import io.airbox.sophon.Stage;
import io.airbox.sophon.jna.NativeDriver;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs in the child process of {@link StubIT}, never in the test runner. */
final class StubContract extends DriverContract {
  /** Where the child finds the stand-in. */
  static final String ROOT = "TPU_STUB_ROOT";

  private static final long OTHER_WEIGHTS = 20 * 4096L;

  @TempDir private static Path folder;
  private static Path bmodel;

  @BeforeAll
  static void write() {
    bmodel =
        new BModelWriter()
            .network(
                "net",
                5000,
                3000,
                List.of(new BModelWriter.Tensor("in", DataType.UINT8, Shape.of(3, 40, 50))),
                List.of(new BModelWriter.Tensor("out", DataType.FLOAT16, Shape.of(1, 9, 10))))
            .write(folder.resolve("net.bmodel"));
  }

  @Test
  void readsEveryStage() {
    Path file =
        new BModelWriter()
            .network(
                "two",
                100,
                0,
                List.of(
                    new BModelWriter.Tensor(
                        "in", DataType.FLOAT32, Shape.of(1, 4), Shape.of(2, 4), Shape.of(5, 4))),
                List.of(
                    new BModelWriter.Tensor(
                        "out", DataType.FLOAT32, Shape.of(1, 3), Shape.of(2, 3), Shape.of(5, 3))))
            .write(folder.resolve("two.bmodel"));
    try (BModel model = device().load(file)) {
      Network network = model.networks().get(0);
      assertThat(network.stages()).isEqualTo(BModelFile.read(file).networks().get(0).stages());
      Stage last = network.stage(List.of(Shape.of(5, 4)));
      network.prepare(network.allocateInputs(last), network.allocateOutputs(last)).run();
    }
  }

  @Test
  void tellsHeapsThatAgreeWithTheLedger() {
    long before = used();
    try (BModel model = device().load(bmodel());
        DeviceMemory memory = device().allocate(3 << 20, List.of(Heap.VPU), "test")) {
      assertThat(memory.heap()).isEqualTo(Heap.VPU);
      assertThat(used() - before).isEqualTo(model.measuredBytes().orElseThrow() + memory.bytes());
    }
    assertThat(used()).isEqualTo(before);
  }

  @Test
  void keepsWeightsUntilTheyAreReclaimed() {
    long nothing = used();
    BModel stays = device().load(bmodel());
    long one = used();
    BModel goes = device().load(other());
    goes.close();
    assertThat(used() - one).as("what libbmrt keeps").isEqualTo(OTHER_WEIGHTS);
    device().reclaim();
    assertThat(used()).isEqualTo(one);
    stays.close();
    assertThat(used()).isEqualTo(nothing);
  }

  private static Path other() {
    return new BModelWriter()
        .network(
            "other",
            OTHER_WEIGHTS,
            3000,
            List.of(new BModelWriter.Tensor("in", DataType.UINT8, Shape.of(1))),
            List.of(new BModelWriter.Tensor("out", DataType.UINT8, Shape.of(1))))
        .write(folder.resolve("other.bmodel"));
  }

  private long used() {
    return device().heaps().stream().mapToLong(HeapUse::usedBytes).sum();
  }

  @Override
  protected Driver driver() {
    return NativeDriver.load(Path.of(System.getenv(ROOT)));
  }

  @Override
  protected Path bmodel() {
    return bmodel;
  }
}
