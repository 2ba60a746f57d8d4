package io.airbox.generation.engine.bm1684x;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.platform.Fp16Conversions;
import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationException.Reason;
import io.airbox.generation.engine.Engine;
import io.airbox.generation.engine.EngineContract;
import io.airbox.generation.engine.Holding;
import io.airbox.generation.engine.Network;
import io.airbox.generation.engine.Tensor;
import io.airbox.generation.engine.TensorInfo.ElementType;
import io.airbox.sophon.BModelWriter;
import io.airbox.sophon.FakeBmLib;
import io.airbox.sophon.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class Bm1684xEngineTest extends EngineContract {
  private final FakeBmLib fake = new FakeBmLib();
  private final Bm1684xEngine engine = Bm1684xEngine.open(fake);

  @AfterEach
  void nothingIsLeft() {
    engine.close();
    fake.assertNothingIsHeld();
  }

  @Override
  protected Engine engine() {
    return engine;
  }

  @Override
  protected Set<ElementType> types() {
    return Set.of(
        ElementType.FLOAT32, ElementType.FLOAT16, ElementType.BFLOAT16, ElementType.INT32);
  }

  @Override
  protected Path increment(ElementType type) {
    List<Shape> shapes = new ArrayList<>();
    for (int rows = 1; rows <= MOST_ROWS; rows++) {
      shapes.add(Shape.of(rows, 2));
    }
    fake.computes(type.name(), (in, out) -> increment(type, in.get(0), out.get(0)));
    return new BModelWriter()
        .network(
            type.name(),
            10_000,
            20_000,
            List.of(new BModelWriter.Tensor("x", NetworkBorders.type(type), shapes)),
            List.of(new BModelWriter.Tensor("y", NetworkBorders.type(type), shapes)))
        .write(folder.resolve(type + ".bmodel"));
  }

  private static void increment(ElementType type, ByteBuffer x, ByteBuffer y) {
    ByteBuffer in = x.order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer out = y.order(ByteOrder.LITTLE_ENDIAN);
    while (in.hasRemaining()) {
      switch (type) {
        case FLOAT32 -> out.putFloat(in.getFloat() + 1);
        case FLOAT16 ->
            out.putShort(
                Fp16Conversions.mlasFloatToFp16(
                    Fp16Conversions.mlasFp16ToFloat(in.getShort()) + 1));
        case BFLOAT16 ->
            out.putShort(
                Fp16Conversions.floatToBf16(Fp16Conversions.bf16ToFloat(in.getShort()) + 1));
        case INT32 -> out.putInt(in.getInt() + 1);
        case INT64 -> throw new AssertionError();
      }
    }
  }

  @Test
  void constantsGoToTheDeviceOnceThoughTwoTakeTurns() {
    try (Network network = engine.load(increment(ElementType.FLOAT32))) {
      Tensor one = new Tensor.Constant(new float[] {1, 2}, 1, 2);
      Tensor two = new Tensor.Constant(new float[] {3, 4}, 1, 2);
      float[] output = new float[2];
      int before = fake.writes();
      for (int i = 0; i < 10; i++) {
        network.run(List.of(one), output);
        assertThat(output).containsExactly(2, 3);
        network.run(List.of(two), output);
        assertThat(output).containsExactly(4, 5);
      }
      assertThat(fake.writes() - before).isEqualTo(2);
      assertThat(fake.launches()).isEqualTo(20);
    }
  }

  @Test
  void theLedgerIsTheDriversThroughLaunchesAndCycles() {
    Path file = increment(ElementType.FLOAT32);
    long before = fake.used();
    float[] output = new float[4];
    for (int cycle = 0; cycle < 200; cycle++) {
      try (Network network = engine.load(file)) {
        for (int run = 0; run < 5; run++) {
          network.run(List.of(new Tensor.Floats(new float[4], 2, 2)), output);
        }
        assertThat(network.holdings().stream().mapToLong(Holding::bytes).sum())
            .isEqualTo(fake.used() - before);
      }
      assertThat(fake.used()).isEqualTo(before);
    }
    assertThat(fake.launches()).isEqualTo(1000);
  }

  @Test
  void givesAllBackWhenLoadingFailsHalfWay() {
    Path file = increment(ElementType.FLOAT32);
    for (int good = 0; good < 5; good++) {
      fake.failAllocationsAfter(good);
      assertThatThrownBy(() -> engine.load(file)).isInstanceOf(GenerationException.class);
      assertThat(fake.used()).isZero();
    }
    assertThat(engine.retirement()).isPresent();
    fake.failAllocationsAfter(5);
    engine.load(file).close();
  }

  @Test
  void aHungDeviceRefusesAllThatFollows() {
    Path file = increment(ElementType.FLOAT32);
    try (Network network = engine.load(file)) {
      fake.hang();
      for (int i = 0; i < 2; i++) {
        assertReason(
            Reason.DEVICE_HUNG,
            () -> network.run(List.of(new Tensor.Floats(new float[2], 1, 2)), new float[2]));
      }
      assertReason(Reason.DEVICE_HUNG, () -> engine.load(file));
      assertThat(engine.device().fault()).isPresent();
    }
    assertReason(Reason.DEVICE_HUNG, () -> Bm1684xEngine.open(fake));
  }

  @Test
  void copiesWhereMappingIsAbsentOrBroken() {
    for (FakeBmLib other :
        List.of(new FakeBmLib().withoutMapping(), new FakeBmLib().withBrokenMapping())) {
      try (Bm1684xEngine copying = Bm1684xEngine.open(other)) {
        assertThat(copying.description()).endsWith("copies");
      }
      other.assertNothingIsHeld();
    }
    assertThat(engine.description()).endsWith("mapped memory");
  }

  private static void assertReason(Reason reason, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            GenerationException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }
}
