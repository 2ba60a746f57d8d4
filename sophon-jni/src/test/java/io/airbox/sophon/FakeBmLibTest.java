package io.airbox.sophon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbox.sophon.BModelWriter.Tensor;
import io.airbox.sophon.TpuException.Reason;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Faults that the vendor's simulator does not play. */
final class FakeBmLibTest {
  @TempDir private Path folder;
  private final FakeBmLib fake = new FakeBmLib();
  private Path bmodel;

  @BeforeEach
  void writeBmodel() {
    bmodel = write(1 << 20, 2 << 20);
  }

  @Test
  void refusesABmodelLargerThanTheHeapsWithNumbersBeforeLoadingAnything() {
    fake.heap(Heap.NPU, 1_000_000).heap(Heap.VPP, 500_000).heap(Heap.VPU, 400_000);
    try (TpuDevice device = TpuDevice.open(fake, 0)) {
      assertThatThrownBy(() -> device.load(bmodel))
          .hasMessageContaining("needs 3145920 bytes of device memory (2097152 in one piece)")
          .hasMessageContaining("free are 1900000 (1000000 in one heap)")
          .extracting(e -> ((TpuException) e).reason())
          .isEqualTo(Reason.OUT_OF_MEMORY);
    }
    fake.assertNothingIsHeld();
  }

  @Test
  void refusesABlockThatFitsInNoHeapThoughTheirSumSuffices() {
    fake.heap(Heap.NPU, 2_000_000).heap(Heap.VPP, 2_000_000).heap(Heap.VPU, 2_000_000);
    try (TpuDevice device = TpuDevice.open(fake, 0)) {
      assertThatThrownBy(() -> device.load(bmodel)).hasMessageContaining("(2000000 in one heap)");
    }
  }

  @Test
  void givesAllBackWhenLoadingFailsHalfWay() {
    for (int good = 0; good < 3; good++) {
      fake.failAllocationsAfter(good);
      try (TpuDevice device = TpuDevice.open(fake, 0)) {
        assertThatThrownBy(() -> device.load(bmodel))
            .extracting(e -> ((TpuException) e).reason())
            .isEqualTo(Reason.LOAD_FAILED);
        assertThat(device.models()).isEmpty();
        assertThat(fake.used()).isZero();
      }
      fake.assertNothingIsHeld();
    }
  }

  @Test
  void givesAllBackWhenTensorsFailHalfWay() {
    try (TpuDevice device = TpuDevice.open(fake, 0)) {
      Network network = device.load(bmodel).networks().get(0);
      long before = fake.used();
      fake.failAllocationsAfter(1);
      assertThatThrownBy(() -> network.allocateInputs(network.stages().get(0)))
          .hasMessageContaining("net input b")
          .hasMessageContaining("free are npu")
          .extracting(e -> ((TpuException) e).reason())
          .isEqualTo(Reason.OUT_OF_MEMORY);
      assertThat(fake.used()).isEqualTo(before);
      assertThat(device.holdings()).isEmpty();
    }
    fake.assertNothingIsHeld();
  }

  @Test
  void closesWhatDoesNotLoadAnew() {
    TpuDevice device = TpuDevice.open(fake, 0);
    BModel goes = device.load(bmodel);
    BModel first = device.load(bmodel);
    BModel second = device.load(bmodel);
    goes.close();
    fake.failAllocationsAfter(4);
    assertThatThrownBy(device::reclaim)
        .extracting(e -> ((TpuException) e).reason())
        .isEqualTo(Reason.LOAD_FAILED);
    assertThat(first.isClosed()).isFalse();
    assertThat(second.isClosed()).isTrue();
    assertThat(device.models()).containsExactly(first);
    device.close();
    fake.assertNothingIsHeld();
  }

  @Test
  void measuresWhatAModelTakes() {
    try (TpuDevice device = TpuDevice.open(fake, 0);
        BModel model = device.load(bmodel)) {
      assertThat(model.measuredBytes().orElseThrow()).isEqualTo(fake.used());
      assertThat(model.measuredBytes().orElseThrow())
          .isBetween(model.file().memoryNeed().totalBytes(), 4L << 20);
      assertThat(device.heaps())
          .contains(new HeapUse(Heap.NPU, 64 << 20, fake.used(), (64 << 20) - fake.used()));
    }
  }

  @Test
  void fillsHeapsInOrderAndHonoursTheirChoice() {
    fake.heap(Heap.NPU, 8192);
    try (TpuDevice device = TpuDevice.open(fake, 0)) {
      assertThat(device.allocate(8192, "first").heap()).isEqualTo(Heap.NPU);
      assertThat(device.allocate(1, "second").heap()).isEqualTo(Heap.VPP);
      assertThat(device.allocate(1, List.of(Heap.VPU), "third").heap()).isEqualTo(Heap.VPU);
      assertThatThrownBy(() -> device.allocate(1, List.of(Heap.NPU), "fourth"))
          .hasMessageContaining("no heap of [NPU] has 1 bytes for fourth; free are npu 0, vpp ");
    }
    fake.assertNothingIsHeld();
  }

  @Test
  void aHungTpuIsReportedOnceAndNeverAskedAgain() {
    TpuDevice device = TpuDevice.open(fake, 0);
    Network network = device.load(bmodel).networks().get(0);
    Stage stage = network.stages().get(0);
    Launch launch = network.prepare(network.allocateInputs(stage), network.allocateOutputs(stage));
    launch.run();
    fake.hang();
    assertThatThrownBy(launch::run)
        .hasMessageContaining("BM1684X #0 hangs")
        .hasMessageContaining("restart the box")
        .satisfies(
            e -> {
              TpuException hang = (TpuException) e;
              assertThat(hang.reason()).isEqualTo(Reason.DEVICE_HUNG);
              assertThat(hang.function()).isEqualTo("bmrt_launch_tensor_ex");
              assertThat(hang.status()).isEqualTo(BmStatus.BM_ERR_FAILURE);
              assertThat(hang.getCause()).isInstanceOf(TpuException.class);
            });
    assertHung(launch::run);
    assertHung(() -> launch.inputs().get(0).memory().write(ByteBuffer.allocateDirect(1)));
    assertHung(() -> device.load(bmodel));
    assertHung(() -> device.allocate(1, "more"));
    assertThat(fake.launches()).isEqualTo(1);
    device.close();
    fake.assertNothingIsHeld();
    assertHung(() -> TpuDevice.open(fake, 0));
    fake.assertNothingIsHeld();
  }

  @Test
  void aRefusedLaunchLeavesTheDeviceUsable() {
    try (TpuDevice device = TpuDevice.open(fake, 0)) {
      Network network = device.load(bmodel).networks().get(0);
      Stage stage = network.stages().get(0);
      Launch launch =
          network.prepare(network.allocateInputs(stage), network.allocateOutputs(stage));
      fake.failLaunches(true);
      assertThatThrownBy(launch::run)
          .extracting(e -> ((TpuException) e).reason())
          .isEqualTo(Reason.LAUNCH_FAILED);
      fake.failLaunches(false);
      launch.run();
    }
  }

  @Test
  void computesWhatATestSays() {
    fake.computes("net", (inputs, outputs) -> outputs.get(0).put(inputs.get(1)));
    try (TpuDevice device = TpuDevice.open(fake, 0)) {
      Network network = device.load(bmodel).networks().get(0);
      Stage stage = network.stages().get(0);
      Launch launch =
          network.prepare(network.allocateInputs(stage), network.allocateOutputs(stage));
      launch.inputs().get(1).memory().fill((byte) 42);
      launch.run();
      ByteBuffer result = ByteBuffer.allocateDirect(50);
      launch.outputs().get(0).memory().read(result);
      assertThat(result.get(49)).isEqualTo((byte) 42);
    }
  }

  @Test
  void selectsDynamicStagesThatInputsFitIn() {
    Path dynamic =
        new BModelWriter()
            .network(
                "net",
                true,
                100,
                100,
                List.of(new Tensor("in", DataType.INT8, Shape.of(1, 10), Shape.of(4, 10))),
                List.of(new Tensor("out", DataType.INT8, Shape.of(1, 5), Shape.of(4, 5))))
            .write(folder.resolve("dynamic.bmodel"));
    try (TpuDevice device = TpuDevice.open(fake, 0)) {
      Network network = device.load(dynamic).networks().get(0);
      assertThat(network.stage(List.of(Shape.of(1, 7))).index()).isZero();
      assertThat(network.stage(List.of(Shape.of(3, 10))).index()).isEqualTo(1);
      assertThatThrownBy(() -> network.stage(List.of(Shape.of(3, 11))))
          .hasMessageContaining("takes no inputs of shapes [[3, 11]]; it takes at most");
      List<io.airbox.sophon.Tensor> outputs = network.allocateOutputs(network.stages().get(0));
      assertThat(outputs.get(0).memory().bytes()).isEqualTo(20);
    }
  }

  @Test
  void keepsTheReasonWhyADeviceDoesNotOpen() {
    TpuException denied =
        TpuException.of(Reason.PERMISSION_DENIED, "/dev/bm-tpu0 may not be opened", "");
    fake.refuseToOpen(denied);
    assertThatThrownBy(() -> TpuDevice.open(fake, 0)).isSameAs(denied);
    fake.assertNothingIsHeld();
  }

  @Test
  void namesUnknownChipsByNumber() {
    fake.chip(0x1234);
    try (TpuDevice device = TpuDevice.open(fake, 0)) {
      assertThat(device.chip()).isEqualTo("0x1234");
      assertThatThrownBy(() -> device.load(bmodel)).hasMessageContaining("the device is a 0x1234");
    }
  }

  @Test
  void limitsWaitsToWhatTheDriverTakes() {
    try (TpuDevice device = TpuDevice.open(fake, 0)) {
      device.limitWait(Duration.ofSeconds(20));
      assertThatThrownBy(() -> device.limitWait(Duration.ZERO)).isInstanceOf(TpuException.class);
      assertThatThrownBy(() -> device.limitWait(Duration.ofDays(25)))
          .isInstanceOf(TpuException.class);
    }
  }

  private static void assertHung(ThrowingCallable call) {
    assertThatThrownBy(call)
        .extracting(e -> ((TpuException) e).reason())
        .isEqualTo(Reason.DEVICE_HUNG);
  }

  private Path write(long weightBytes, long activationBytes) {
    return new BModelWriter()
        .network(
            "net",
            weightBytes,
            activationBytes,
            List.of(
                new Tensor("a", DataType.UINT8, Shape.of(100)),
                new Tensor("b", DataType.UINT8, Shape.of(50))),
            List.of(new Tensor("out", DataType.UINT8, Shape.of(50))))
        .write(folder.resolve("net.bmodel"));
  }
}
