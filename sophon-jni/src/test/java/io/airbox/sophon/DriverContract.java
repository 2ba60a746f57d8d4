package io.airbox.sophon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbox.sophon.TpuDevice.Transfer;
import io.airbox.sophon.TpuException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a TPU does for us, whoever plays it: the fake here, the vendor's libraries in {@code
 * hw-tests}.
 */
public abstract class DriverContract {
  @TempDir private Path folder;

  private TpuDevice device;

  /** The driver under test. */
  protected abstract Driver driver();

  /** A static bmodel for the chip, of one network with one stage, one input and one output. */
  protected abstract Path bmodel();

  /** The device under test, open. */
  protected final TpuDevice device() {
    return device;
  }

  /** Called after each test, when the device is closed. */
  protected void closed() {}

  @BeforeEach
  final void open() {
    device = TpuDevice.open(driver(), 0);
  }

  @AfterEach
  final void close() {
    device.close();
    closed();
  }

  @Test
  final void namesItsChip() {
    assertThat(device.chip()).isEqualTo("BM1684X");
    assertThat(device).hasToString("BM1684X #0");
  }

  @Test
  final void tellsItsClock() {
    assertThat(device.clockMegahertz().orElseThrow()).isBetween(25, 1500);
  }

  @Test
  final void tellsOnlyHeapsWithASize() {
    assertThat(device.heaps())
        .allSatisfy(
            heap -> {
              assertThat(heap.totalBytes()).isPositive();
              assertThat(heap.usedBytes()).isBetween(0L, heap.totalBytes());
              assertThat(heap.availableBytes()).isBetween(0L, heap.totalBytes());
            });
    device.usePercent().ifPresent(use -> assertThat(use).isBetween(0, 100));
    device.driverVersion().ifPresent(version -> assertThat(version.major()).isLessThan(10));
  }

  @Test
  final void refusesADeviceThatDoesNotExist() {
    for (int index : new int[] {-1, 1, 4711}) {
      assertRefused(Reason.DEVICE_MISSING, () -> TpuDevice.open(driver(), index));
    }
  }

  @Test
  final void opensAgainAfterClosing() {
    device.close();
    assertThat(device.isClosed()).isTrue();
    device.close();
    device = TpuDevice.open(driver(), 0);
    assertThat(device.holdings()).isEmpty();
  }

  @Test
  final void copiesToTheDeviceAndBack() {
    for (int bytes : new int[] {1, 3, 64, 4095, 4097, 1 << 20}) {
      try (DeviceMemory memory = device.allocate(bytes, "test")) {
        ByteBuffer sent = random(bytes);
        memory.write(sent);
        assertThat(sent.position()).isZero();
        assertThat(read(memory)).isEqualTo(sent);
      }
    }
  }

  @Test
  final void copiesPartsAtOffsets() {
    try (DeviceMemory memory = device.allocate(1000, "test")) {
      memory.write(random(1000));
      ByteBuffer before = read(memory);
      ByteBuffer part = random(300);
      part.position(100).limit(250);
      memory.write(17, part);
      assertThat(part.position()).isEqualTo(100);

      ByteBuffer after = read(memory);
      assertThat(after.slice(0, 17)).isEqualTo(before.slice(0, 17));
      assertThat(after.slice(17, 150)).isEqualTo(part);
      assertThat(after.slice(167, 833)).isEqualTo(before.slice(167, 833));

      ByteBuffer target = ByteBuffer.allocateDirect(400).position(40).limit(190);
      memory.read(17, target);
      assertThat(target).isEqualTo(part);
      assertThat(target.clear().slice(0, 40)).isEqualTo(ByteBuffer.allocate(40));
      assertThat(target.slice(190, 210)).isEqualTo(ByteBuffer.allocate(210));
    }
  }

  @Test
  final void mappedTransfersSeeWhatCopiesSee() {
    device.close();
    device = TpuDevice.open(driver(), 0, Transfer.MAPPED);
    try (DeviceMemory memory = device.allocate(10_000, "test");
        DeviceMemory other = device.allocate(10_000, "test")) {
      ByteBuffer sent = random(10_000);
      memory.write(sent);
      assertThat(read(memory)).isEqualTo(sent);
      memory.copyTo(other, 0, 0, 10_000);
      assertThat(read(other)).isEqualTo(sent);
      ByteBuffer part = random(100);
      other.write(5000, part);
      ByteBuffer all = read(other);
      assertThat(all.slice(5000, 100)).isEqualTo(part);
      assertThat(all.slice(0, 5000)).isEqualTo(sent.slice(0, 5000));
    }
  }

  @Test
  final void copiesWithinTheDevice() {
    try (DeviceMemory source = device.allocate(5000, "source");
        DeviceMemory target = device.allocate(6000, "target")) {
      ByteBuffer sent = random(5000);
      source.write(sent);
      target.fill((byte) 0x5A);
      source.copyTo(target, 1001, 3, 4000);
      ByteBuffer got = read(target);
      assertThat(got.slice(1001, 4000)).isEqualTo(sent.slice(3, 4000));
      assertThat(got.get(1000)).isEqualTo((byte) 0x5A);
      assertThat(got.get(5001)).isEqualTo((byte) 0x5A);
      source.copyTo(source, 4000, 0, 1000);
      assertThat(read(source).slice(4000, 1000)).isEqualTo(sent.slice(0, 1000));
    }
  }

  @Test
  final void buffersLieApart() {
    List<DeviceMemory> memories = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      DeviceMemory memory = device.allocate(1 + 1000 * i, "buffer " + i);
      memory.fill((byte) i);
      memories.add(memory);
    }
    for (int i = 0; i < 20; i++) {
      byte[] expected = new byte[1 + 1000 * i];
      Arrays.fill(expected, (byte) i);
      assertThat(read(memories.get(i))).isEqualTo(ByteBuffer.wrap(expected));
    }
  }

  @Test
  final void refusesWhatDoesNotFit() {
    try (DeviceMemory memory = device.allocate(1000, "test");
        DeviceMemory small = device.allocate(10, "small")) {
      assertInvalid(() -> memory.write(ByteBuffer.allocateDirect(1001)));
      assertInvalid(() -> memory.write(1, ByteBuffer.allocateDirect(1000)));
      assertInvalid(() -> memory.write(-1, ByteBuffer.allocateDirect(1)));
      assertInvalid(() -> memory.write(Long.MAX_VALUE, ByteBuffer.allocateDirect(1000)));
      assertInvalid(() -> memory.read(1000, ByteBuffer.allocateDirect(1)));
      assertInvalid(() -> memory.write(ByteBuffer.allocate(10)));
      assertInvalid(() -> memory.read(ByteBuffer.allocateDirect(10).asReadOnlyBuffer()));
      assertInvalid(() -> memory.copyTo(small, 0, 0, 11));
      assertInvalid(() -> memory.copyTo(small, 11, 0, 0));
      assertInvalid(() -> memory.copyTo(memory, 99, 0, 100));
      assertInvalid(() -> memory.copyTo(small, 0, 0, -1));
      memory.write(1000, ByteBuffer.allocateDirect(0));
    }
    assertInvalid(() -> device.allocate(0, "nothing"));
    assertInvalid(() -> device.allocate(-5, "less"));
    assertInvalid(() -> device.allocate(1L << 32, "more"));
    assertInvalid(() -> device.allocate(10, List.of(), "nowhere"));
    assertThat(device.holdings()).isEmpty();
  }

  @Test
  final void refusesFreedMemory() {
    DeviceMemory memory = device.allocate(64, "test");
    DeviceMemory other = device.allocate(64, "other");
    memory.close();
    memory.close();
    assertThat(memory.isClosed()).isTrue();
    ByteBuffer host = ByteBuffer.allocateDirect(64);
    assertRefused(Reason.CLOSED, () -> memory.write(host));
    assertRefused(Reason.CLOSED, () -> memory.read(host));
    assertRefused(Reason.CLOSED, () -> memory.fill((byte) 0));
    assertRefused(Reason.CLOSED, () -> memory.copyTo(other, 0, 0, 1));
    assertRefused(Reason.CLOSED, () -> other.copyTo(memory, 0, 0, 1));
  }

  @Test
  final void refusesAClosedDevice() {
    DeviceMemory memory = device.allocate(64, "test");
    BModel model = device.load(bmodel());
    device.close();
    assertThat(memory.isClosed()).isTrue();
    assertThat(model.isClosed()).isTrue();
    memory.close();
    model.close();
    assertRefused(Reason.CLOSED, () -> device.allocate(1, "test"));
    assertRefused(Reason.CLOSED, () -> device.load(bmodel()));
    assertRefused(Reason.CLOSED, () -> device.heaps());
    assertRefused(Reason.CLOSED, () -> memory.write(ByteBuffer.allocateDirect(1)));
  }

  @Test
  final void refusesOtherThreads() {
    DeviceMemory memory = device.allocate(64, "test");
    BModel model = device.load(bmodel());
    Launch launch = prepare(model);
    assertRefused(Reason.WRONG_THREAD, elsewhere(() -> memory.write(ByteBuffer.allocateDirect(1))));
    assertRefused(Reason.WRONG_THREAD, elsewhere(memory::close));
    assertRefused(Reason.WRONG_THREAD, elsewhere(launch::run));
    assertRefused(Reason.WRONG_THREAD, elsewhere(model::close));
    assertRefused(Reason.WRONG_THREAD, elsewhere(() -> device.allocate(1, "test")));
    assertRefused(Reason.WRONG_THREAD, elsewhere(device::close));
    assertThat(memory.isClosed()).isFalse();
    assertThat(device.isClosed()).isFalse();
    launch.run();
  }

  @Test
  final void keepsALedger() {
    DeviceMemory first = device.allocate(100, List.of(Heap.NPU), "first");
    DeviceMemory second = device.allocate(200, "second");
    assertThat(device.holdings())
        .extracting(TpuDevice.Holding::purpose)
        .containsExactly("first", "second");
    assertThat(device.holdings()).extracting(TpuDevice.Holding::bytes).containsExactly(100L, 200L);
    first.close();
    assertThat(device.holdings()).extracting(TpuDevice.Holding::purpose).containsExactly("second");
    second.close();
    assertThat(device.holdings()).isEmpty();
  }

  @Test
  final void describesNetworksAsTheFileDoes() {
    BModelFile file = BModelFile.read(bmodel());
    try (BModel model = device.load(bmodel())) {
      assertThat(device.models()).containsExactly(model);
      assertThat(model.networks()).hasSize(file.networks().size());
      Network network = model.networks().get(0);
      NetworkFacts facts = file.networks().get(0);
      assertThat(network.name()).isEqualTo(facts.name());
      assertThat(network.dynamic()).isFalse();
      assertThat(network.inputs()).isEqualTo(facts.inputs());
      assertThat(network.outputs()).isEqualTo(facts.outputs());
      assertThat(network.stages()).isEqualTo(facts.stages());
      assertThat(model.network(facts.name())).isSameAs(network);
      assertThatThrownBy(() -> model.network("no such")).hasMessageContaining(facts.name());
    }
    assertThat(device.models()).isEmpty();
  }

  @Test
  final void launchesRepeatTheirResult() {
    try (BModel model = device.load(bmodel())) {
      Launch launch = prepare(model);
      DeviceMemory input = launch.inputs().get(0).memory();
      DeviceMemory output = launch.outputs().get(0).memory();
      ByteBuffer picture = random((int) input.bytes());
      input.write(picture);
      output.fill((byte) 0);
      launch.run();
      ByteBuffer first = read(output);
      assertThat(first).isNotEqualTo(ByteBuffer.allocate(first.remaining()));
      output.fill((byte) 0);
      launch.run();
      assertThat(read(output)).isEqualTo(first);
      assertThat(read(input)).isEqualTo(picture);
      input.fill((byte) 0);
      launch.run();
      assertThat(read(output)).isNotEqualTo(first);
      assertThat(launch.outputShape(0)).isEqualTo(launch.outputs().get(0).shape());
    }
  }

  @Test
  final void holdsItsMemoryWhileABuffersPositionMoves() {
    try (DeviceMemory memory = device.allocate(16, "test")) {
      ByteBuffer host = random(64);
      for (int at = 0; at < 48; at++) {
        memory.write(host.position(at).limit(at + 16));
        assertThat(read(memory)).isEqualTo(host);
        host.clear();
      }
    }
  }

  @Test
  final void refusesLaunchesThatDoNotFit() {
    try (BModel model = device.load(bmodel())) {
      Network network = model.networks().get(0);
      Launch good = prepare(model);
      Tensor in = good.inputs().get(0);
      Tensor out = good.outputs().get(0);
      assertInvalid(() -> network.prepare(List.of(), List.of(out)));
      assertInvalid(() -> network.prepare(List.of(in, in), List.of(out)));
      assertInvalid(() -> network.prepare(List.of(in), List.of()));
      DataType other = in.type() == DataType.INT8 ? DataType.UINT8 : DataType.INT8;
      assertInvalid(
          () ->
              network.prepare(List.of(new Tensor(in.memory(), other, Shape.of(1))), List.of(out)));
      assertInvalid(
          () ->
              network.prepare(
                  List.of(new Tensor(in.memory(), in.type(), Shape.of(1, 1))), List.of(out)));
      assertInvalid(
          () ->
              network.prepare(
                  List.of(in), List.of(new Tensor(out.memory(), out.type(), Shape.of(1)))));
      assertInvalid(() -> new Tensor(in.memory(), DataType.FLOAT32, Shape.of(1 << 30)));
      DeviceMemory large = device.allocate(Math.max(in.bytes(), out.bytes()), "both");
      assertInvalid(
          () ->
              network.prepare(
                  List.of(new Tensor(large, in.type(), in.shape())),
                  List.of(new Tensor(large, out.type(), out.shape()))));
      assertInvalid(() -> Shape.of(3, 0, 2));
    }
  }

  @Test
  final void refusesLaunchesOnWhatWasClosed() {
    BModel model = device.load(bmodel());
    Network network = model.networks().get(0);
    Launch launch = prepare(model);
    launch.outputs().get(0).memory().close();
    assertRefused(Reason.CLOSED, launch::run);
    assertRefused(Reason.CLOSED, () -> network.prepare(launch.inputs(), launch.outputs()));
    Launch second = prepare(model);
    model.close();
    assertRefused(Reason.CLOSED, second::run);
    assertRefused(Reason.CLOSED, () -> prepare(model));
  }

  @Test
  final void loadsAndUnloadsAgainAndAgain() {
    List<HeapUse> before = device.heaps();
    for (int i = 0; i < 5; i++) {
      try (BModel model = device.load(bmodel())) {
        Launch launch = prepare(model);
        launch.run();
        launch.inputs().forEach(tensor -> tensor.memory().close());
        launch.outputs().forEach(tensor -> tensor.memory().close());
      }
    }
    assertThat(device.heaps()).isEqualTo(before);
    assertThat(device.holdings()).isEmpty();
    assertThat(device.models()).isEmpty();
  }

  @Test
  final void holdsTwoModelsAtOnce() {
    try (BModel first = device.load(bmodel());
        BModel second = device.load(bmodel())) {
      Launch one = prepare(first);
      Launch two = prepare(second);
      ByteBuffer picture = random((int) one.inputs().get(0).bytes());
      one.inputs().get(0).memory().write(picture);
      two.inputs().get(0).memory().write(picture);
      one.run();
      two.run();
      assertThat(read(two.outputs().get(0).memory()))
          .isEqualTo(read(one.outputs().get(0).memory()));
    }
  }

  @Test
  final void reclaimsWhatClosedModelsLeave() {
    List<HeapUse> before = device.heaps();
    BModel first = device.load(bmodel());
    BModel second = device.load(bmodel());
    Launch launch = prepare(second);
    ByteBuffer picture = random((int) launch.inputs().get(0).bytes());
    launch.inputs().get(0).memory().write(picture);
    launch.run();
    ByteBuffer expected = read(launch.outputs().get(0).memory());
    device.reclaim();
    first.close();
    device.reclaim();
    assertThat(second.isClosed()).isFalse();
    assertThat(device.models()).containsExactly(second);
    launch.outputs().get(0).memory().fill((byte) 0);
    launch.run();
    assertThat(read(launch.outputs().get(0).memory())).isEqualTo(expected);
    launch.inputs().forEach(tensor -> tensor.memory().close());
    launch.outputs().forEach(tensor -> tensor.memory().close());
    second.close();
    device.reclaim();
    assertThat(device.heaps()).isEqualTo(before);
  }

  @Test
  final void refusesDamagedBmodels() throws IOException {
    byte[] good = Files.readAllBytes(bmodel());
    int description = ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getInt(8);
    for (int length : new int[] {0, 4, 63, 64, 64 + description, good.length - 1}) {
      assertDamaged(Arrays.copyOf(good, length));
    }
    byte[] foreign = good.clone();
    foreign[0] ^= 1;
    assertDamaged(foreign);
    byte[] scrambled = good.clone();
    new Random(5).nextBytes(scrambled);
    System.arraycopy(good, 0, scrambled, 0, 64);
    assertDamaged(scrambled);
    assertRefused(Reason.INVALID_BMODEL, () -> device.load(folder.resolve("absent.bmodel")));
    assertRefused(Reason.INVALID_BMODEL, () -> device.load(folder));
    try (BModel model = device.load(bmodel())) {
      prepare(model).run();
    }
  }

  @Test
  final void refusesBmodelsForAnotherChip() {
    Path other =
        new BModelWriter()
            .chip("BM1684")
            .network(
                "n",
                100,
                0,
                List.of(new BModelWriter.Tensor("in", DataType.INT8, Shape.of(1))),
                List.of(new BModelWriter.Tensor("out", DataType.INT8, Shape.of(1))))
            .write(folder.resolve("other.bmodel"));
    assertThatThrownBy(() -> device.load(other))
        .hasMessageContaining("BM1684,")
        .hasMessageContaining("BM1684X")
        .extracting(e -> ((TpuException) e).reason())
        .isEqualTo(Reason.WRONG_CHIP);
  }

  private void assertDamaged(byte[] bytes) throws IOException {
    Path file = Files.write(folder.resolve("damaged.bmodel"), bytes);
    assertRefused(Reason.INVALID_BMODEL, () -> device.load(file));
    assertThat(device.models()).isEmpty();
  }

  private static Launch prepare(BModel model) {
    Network network = model.networks().get(0);
    Stage stage = network.stages().get(0);
    return network.prepare(network.allocateInputs(stage), network.allocateOutputs(stage));
  }

  private static ByteBuffer random(int bytes) {
    byte[] content = new byte[bytes];
    new Random(bytes).nextBytes(content);
    return ByteBuffer.allocateDirect(bytes).put(content).flip();
  }

  private static ByteBuffer read(DeviceMemory memory) {
    ByteBuffer host = ByteBuffer.allocateDirect((int) memory.bytes());
    memory.read(host);
    return host;
  }

  private static ThrowingCallable elsewhere(Runnable call) {
    return () -> {
      FutureTask<Void> task = new FutureTask<>(call, null);
      new Thread(task).start();
      try {
        task.get();
      } catch (ExecutionException e) {
        throw e.getCause();
      }
    };
  }

  private static void assertInvalid(ThrowingCallable call) {
    assertRefused(Reason.INVALID_ARGUMENT, call);
  }

  private static void assertRefused(Reason reason, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(TpuException.class)
        .extracting(e -> ((TpuException) e).reason())
        .isEqualTo(reason);
  }
}
