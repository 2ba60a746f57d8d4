package io.airbox.sophon.jna;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Memory;
import io.airbox.sophon.DataType;
import io.airbox.sophon.LibsophonVersion;
import io.airbox.sophon.NetworkFacts;
import io.airbox.sophon.Shape;
import io.airbox.sophon.Stage;
import io.airbox.sophon.TensorSpec;
import io.airbox.sophon.TpuException;
import io.airbox.sophon.TpuException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AbiTest {
  /** Keeps C's memory alive while a test looks at it. */
  private final List<Memory> memories = new ArrayList<>();

  @ParameterizedTest
  @CsvSource({"0.4.0,V0_4", "0.4.8,V0_4", "0.4.9,V0_4", "0.5.0,V0_5", "0.5.1,V0_5", "0.5.12,V0_5"})
  void followsTheRelease(String version, Abi abi) {
    assertThat(Abi.of(version(version), abi == Abi.V0_5, "/lib")).isSameAs(abi);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.3.2", "0.4.10", "0.6.0", "1.4.9", "1.5.1"})
  void refusesUnknownReleases(String version) {
    for (boolean newSymbols : new boolean[] {true, false}) {
      assertThatThrownBy(() -> Abi.of(version(version), newSymbols, "/opt/there"))
          .hasMessageContaining("libsophon " + version + " at /opt/there")
          .hasMessageContaining("known are 0.4.0 to 0.4.9 and 0.5.x")
          .extracting(e -> ((TpuException) e).reason())
          .isEqualTo(Reason.UNSUPPORTED_VERSION);
    }
  }

  @Test
  void refusesLibrariesThatContradictTheirName() {
    assertThatThrownBy(() -> Abi.of(version("0.4.9"), true, "/lib"))
        .hasMessageContaining("calls itself libsophon 0.4.9, but its libbmrt has bmrt_tensor_ex");
    assertThatThrownBy(() -> Abi.of(version("0.5.1"), false, "/lib"))
        .hasMessageContaining("lacks bmrt_tensor_ex");
  }

  @Test
  void goesBySymbolsWhereNoVersionIsNamed() {
    assertThat(Abi.of(Optional.empty(), true, "/lib")).isSameAs(Abi.V0_5);
    assertThat(Abi.of(Optional.empty(), false, "/lib")).isSameAs(Abi.V0_4);
  }

  @ParameterizedTest
  @EnumSource(Abi.class)
  void readsEveryStage(Abi abi) {
    NetworkFacts facts = abi.read(network(abi, 3));

    assertThat(facts.name()).isEqualTo("unet");
    assertThat(facts.dynamic()).isTrue();
    assertThat(facts.inputs())
        .containsExactly(
            new TensorSpec("sample", DataType.FLOAT16, 1, 0, 4096),
            new TensorSpec("step", DataType.INT32, 0.5f, 7, 4));
    assertThat(facts.outputs())
        .containsExactly(new TensorSpec("noise", DataType.FLOAT16, 1, 0, 2048));
    assertThat(facts.stages())
        .containsExactly(
            new Stage(0, List.of(Shape.of(1, 4), Shape.of(1)), List.of(Shape.of(10))),
            new Stage(1, List.of(Shape.of(2, 4), Shape.of(1)), List.of(Shape.of(20))),
            new Stage(2, List.of(Shape.of(3, 4), Shape.of(1)), List.of(Shape.of(30))));
  }

  @Test
  void refusesWhatIsNoNetwork() {
    Memory garbage = memory(144);
    garbage.setMemory(0, 144, (byte) 0x7F);
    garbage.setPointer(0, text("x"));
    for (Abi abi : Abi.values()) {
      assertThatThrownBy(() -> abi.read(garbage))
          .hasMessageContaining("2139062143 inputs of network \"x\"")
          .extracting(e -> ((TpuException) e).reason())
          .isEqualTo(Reason.UNSUPPORTED_VERSION);
    }
  }

  @Test
  void theWrongLayoutIsNoticedAtTheSecondStage() {
    assertThat(Abi.V0_4.read(network(Abi.V0_5, 1)).stages())
        .isEqualTo(Abi.V0_5.read(network(Abi.V0_5, 1)).stages());
    assertThatThrownBy(() -> Abi.V0_4.read(network(Abi.V0_5, 2)))
        .hasMessageContaining("a null pointer");
  }

  /** Lays out a network of two inputs and one output, as libbmrt does. */
  private Memory network(Abi abi, int stages) {
    Memory info = memory(abi == Abi.V0_5 ? 144 : 120);
    info.setPointer(0, text("unet"));
    info.setByte(8, (byte) 1);
    info.setInt(12, 2);
    info.setPointer(16, pointers(text("sample"), text("step")));
    info.setPointer(24, ints(1, 6));
    info.setPointer(32, floats(1, 0.5f));
    info.setInt(40, 1);
    info.setPointer(48, pointers(text("noise")));
    info.setPointer(56, ints(1));
    info.setPointer(64, floats(1));
    info.setInt(72, stages);
    int stride = abi == Abi.V0_5 ? 32 : 16;
    Memory table = memory(stages * stride);
    for (int i = 0; i < stages; i++) {
      Memory inputs = memory(72);
      inputs.write(0, new int[] {2, i + 1, 4}, 0, 3);
      inputs.write(36, new int[] {1, 1}, 0, 2);
      Memory outputs = memory(36);
      outputs.write(0, new int[] {1, 10 * (i + 1)}, 0, 2);
      table.setPointer((long) i * stride, inputs);
      table.setPointer((long) i * stride + 8, outputs);
    }
    info.setPointer(80, table);
    info.setPointer(88, longs(4096, 4));
    info.setPointer(96, longs(2048));
    info.setPointer(104, ints(0, 7));
    info.setPointer(112, ints(0));
    return info;
  }

  private Memory memory(int bytes) {
    Memory memory = new Memory(bytes);
    memory.clear();
    memories.add(memory);
    return memory;
  }

  private Memory text(String text) {
    Memory memory = memory(text.length() + 1);
    memory.setString(0, text, StandardCharsets.UTF_8.name());
    return memory;
  }

  private Memory pointers(Memory... targets) {
    Memory memory = memory(8 * targets.length);
    memory.write(0, targets, 0, targets.length);
    return memory;
  }

  private Memory ints(int... values) {
    Memory memory = memory(4 * values.length);
    memory.write(0, values, 0, values.length);
    return memory;
  }

  private Memory floats(float... values) {
    Memory memory = memory(4 * values.length);
    memory.write(0, values, 0, values.length);
    return memory;
  }

  private Memory longs(long... values) {
    Memory memory = memory(8 * values.length);
    memory.write(0, values, 0, values.length);
    return memory;
  }

  private static Optional<LibsophonVersion> version(String text) {
    return LibsophonVersion.ofFolder("libsophon-" + text);
  }
}
