package io.airbox.generation.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationException.Reason;
import io.airbox.generation.engine.TensorInfo.ElementType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every engine does alike. */
public abstract class EngineContract {
  /** How many rows the network of {@link #increment} takes at most. */
  protected static final int MOST_ROWS = 12;

  @TempDir protected Path folder;

  /** The engine under test. */
  protected abstract Engine engine();

  /** The element types that it takes. */
  protected abstract Set<ElementType> types();

  /**
   * Writes a network that adds one to its input {@code x} of shape {@code [n,2]}, n = 1…{@value
   * #MOST_ROWS}, and calls the output {@code y}.
   */
  protected abstract Path increment(ElementType type);

  @Test
  final void convertsToAndFromWhatTheNetworkDeclares() {
    for (ElementType type : types()) {
      try (Network network = engine().load(increment(type))) {
        float[] output = new float[5];
        for (int run = 0; run < 3; run++) {
          network.run(List.of(new Tensor.Floats(new float[] {1 + run, 2, -3, 4}, 2, 2)), output);
          assertThat(output).containsExactly(new float[] {2 + run, 3, -2, 5, 0}, within(0.02f));
          network.run(List.of(new Tensor.Ints(new long[] {7, 8 + run}, 1, 2)), output);
          assertThat(output[1]).isCloseTo(9 + run, within(0.05f));
          network.run(List.of(new Tensor.Constant(new float[] {1, 2, 3, 5, 9}, 2, 2)), output);
          assertThat(output).containsExactly(new float[] {2, 3, 4, 6, 0}, within(0.02f));
          network.run(List.of(new Tensor.Zeros(2, 2)), output);
          assertThat(output).containsExactly(1, 1, 1, 1, 0);
        }
        assertThat(network.inputs()).containsExactly(new TensorInfo("x", type, List.of(-1L, 2L)));
        assertThat(network.outputs()).containsExactly(new TensorInfo("y", type, List.of(-1L, 2L)));
      }
    }
  }

  @Test
  final void seesThatAConstantIsAnother() {
    try (Network network = engine().load(increment(ElementType.FLOAT32))) {
      float[] output = new float[2];
      Tensor[] constants = new Tensor[9];
      for (int i = 0; i < constants.length; i++) {
        constants[i] = new Tensor.Constant(new float[] {i, 10 * i}, 1, 2);
      }
      for (int round = 0; round < 3; round++) {
        for (int i = 0; i < constants.length; i++) {
          network.run(List.of(constants[i]), output);
          assertThat(output).containsExactly(i + 1, 10 * i + 1);
        }
      }
    }
  }

  @Test
  final void keepsWorkingWithMoreShapesThanItKeepsBuffersFor() {
    try (Network network = engine().load(increment(ElementType.FLOAT32))) {
      for (int rows = 1; rows <= MOST_ROWS; rows++) {
        float[] output = new float[2 * rows];
        for (int run = 0; run < 2; run++) {
          network.run(List.of(new Tensor.Floats(new float[2 * rows], rows, 2)), output);
          assertThat(output).containsOnly(1f);
        }
      }
    }
  }

  @Test
  final void tellsWhichShapesGoTogether() {
    try (Network network = engine().load(increment(ElementType.FLOAT32))) {
      assertThat(network.shapes(List.of(List.of(3L, 2L)))).isPresent();
      assertThat(network.shapes(List.of())).isPresent();
      assertThat(network.shapes(List.of(List.of(3L, 3L)))).isEmpty();
      assertThat(network.shapes(List.of(List.of(2L)))).isEmpty();
      assertThat(network.shapes(List.of(List.of(3L, 2L), List.of(1L)))).isEmpty();
    }
  }

  @Test
  final void refusesShapesThatDoNotFitBeforeRunning() {
    try (Network network = engine().load(increment(ElementType.FLOAT32))) {
      assertThatThrownBy(
              () -> network.run(List.of(new Tensor.Floats(new float[3], 1, 3)), new float[3]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("[1, 3]");
      assertThatThrownBy(() -> network.run(List.of(), new float[3]))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(
              () -> network.run(List.of(new Tensor.Floats(new float[4], 2, 2)), new float[3]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("gives 4 values, there is room for 3");
    }
  }

  @Test
  final void saysThatAFileIsNoNetwork() throws Exception {
    Path file = Files.writeString(folder.resolve("bad.net"), "not a network");
    for (Path bad : List.of(file, folder.resolve("none.net"))) {
      assertThatThrownBy(() -> engine().load(bad))
          .isInstanceOfSatisfying(
              GenerationException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID_PACK))
          .hasMessageContaining(bad.getFileName().toString());
    }
  }
}
