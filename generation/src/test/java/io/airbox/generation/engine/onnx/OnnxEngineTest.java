package io.airbox.generation.engine.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationException.Reason;
import io.airbox.generation.engine.Network;
import io.airbox.generation.engine.Tensor;
import io.airbox.generation.engine.TensorInfo.ElementType;
import io.airbox.generation.fixture.OnnxGraph;
import io.airbox.generation.fixture.OnnxGraph.Type;
import io.airbox.generation.fixture.Workplace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OnnxEngineTest {
  @TempDir Path folder;
  private final OnnxEngine engine = Workplace.engine();

  /** Adds one to what it is given. */
  private Path increment(Type type) {
    OnnxGraph graph = new OnnxGraph(1);
    String input = graph.input("x", type, "n", 2);
    String sum = graph.node("Add", List.of(graph.cast(input, Type.FLOAT), graph.constant(1f)));
    graph.named("y", "Identity", List.of(graph.cast(sum, type)));
    Path file = folder.resolve(type + ".onnx");
    graph.output("y", type, "n", 2).write(file);
    return file;
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "FLOAT16", "BFLOAT16", "INT32", "INT64"})
  void convertsToAndFromWhatTheGraphDeclares(Type type) {
    try (Network network = engine.load(increment(type))) {
      float[] output = new float[5];
      for (int run = 0; run < 3; run++) {
        network.run(List.of(new Tensor.Floats(new float[] {1 + run, 2, 3, 4}, 2, 2)), output);
        assertThat(output).containsExactly(new float[] {2 + run, 3, 4, 5, 0}, within(0.02f));
        network.run(List.of(new Tensor.Ints(new long[] {7, 8 + run}, 1, 2)), output);
        assertThat(output[1]).isCloseTo(9 + run, within(0.05f));
        network.run(List.of(new Tensor.Constant(new float[] {1, 2, 3, 5, 9}, 2, 2)), output);
        assertThat(output).containsExactly(new float[] {2, 3, 4, 6, 0}, within(0.02f));
        network.run(List.of(new Tensor.Zeros(2, 2)), output);
        assertThat(output).containsExactly(1, 1, 1, 1, 0);
      }
      assertThat(network.inputs().get(0).shape()).containsExactly(-1L, 2L);
    }
  }

  @Test
  void keepsWorkingWithMoreShapesThanItKeepsBuffersFor() {
    try (Network network = engine.load(increment(Type.FLOAT))) {
      for (int rows = 1; rows <= 12; rows++) {
        float[] output = new float[2 * rows];
        for (int run = 0; run < 2; run++) {
          network.run(List.of(new Tensor.Floats(new float[2 * rows], rows, 2)), output);
          assertThat(output).containsOnly(1f);
        }
      }
    }
  }

  @Test
  void describesElementTypes() {
    try (Network network = engine.load(increment(Type.FLOAT16))) {
      assertThat(network.inputs().get(0).type()).isEqualTo(ElementType.FLOAT16);
      assertThat(network.outputs().get(0).name()).isEqualTo("y");
    }
    assertThatThrownBy(() -> engine.load(increment(Type.DOUBLE)))
        .isInstanceOfSatisfying(
            GenerationException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID_PACK))
        .hasMessageContaining("x has element type DOUBLE");
  }

  @Test
  void refusesShapesThatDoNotFitBeforeRunning() {
    try (Network network = engine.load(increment(Type.FLOAT))) {
      assertThatThrownBy(
              () -> network.run(List.of(new Tensor.Floats(new float[3], 1, 3)), new float[3]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("takes [-1, 2] for x, got [1, 3]");
      assertThatThrownBy(() -> network.run(List.of(), new float[3]))
          .hasMessageContaining("takes 1 inputs (x), got 0");
      assertThatThrownBy(
              () -> network.run(List.of(new Tensor.Floats(new float[4], 2, 2)), new float[3]))
          .hasMessageContaining("gives 4 values, there is room for 3");
    }
  }

  @Test
  void saysThatAFileIsNoGraph() throws Exception {
    Path file = Files.writeString(folder.resolve("bad.onnx"), "not a graph");
    assertThatThrownBy(() -> engine.load(file))
        .isInstanceOfSatisfying(
            GenerationException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID_PACK))
        .hasMessageContaining("bad.onnx");
    assertThatThrownBy(() -> engine.load(folder.resolve("none.onnx")))
        .hasMessageContaining("none.onnx cannot be read");
  }

  @Test
  void reportsWhatTheRuntimeSaysWhenARunFails() {
    OnnxGraph graph = new OnnxGraph(1);
    String input = graph.input("x", Type.INT64, "n");
    String row = graph.node("Gather", List.of(graph.constant(1, 2, 3), input));
    graph.named("y", "Identity", List.of(row));
    Path file = folder.resolve("gather.onnx");
    graph.output("y", Type.INT64, "n").write(file);
    try (Network network = engine.load(file)) {
      assertThatThrownBy(
              () -> network.run(List.of(new Tensor.Ints(new long[] {99}, 1)), new float[1]))
          .isInstanceOfSatisfying(
              GenerationException.class, e -> assertThat(e.reason()).isEqualTo(Reason.ENGINE_FAULT))
          .hasMessageContaining("failed while it ran gather.onnx");
      float[] output = new float[1];
      network.run(List.of(new Tensor.Ints(new long[] {2}, 1)), output);
      assertThat(output).containsExactly(3f);
    }
  }

  @Test
  void unpacksItsLibrariesOnceIntoTheFolder() {
    assertThat(Workplace.NATIVES.resolve(System.mapLibraryName("onnxruntime"))).isRegularFile();
    assertThat(System.getProperty(NativeLibraries.PATH_PROPERTY))
        .isEqualTo(Workplace.NATIVES.toString());
    assertThat(engine.description()).startsWith("ONNX Runtime 1.").endsWith("1 thread");
  }

  @Test
  void countsCoresAndNotTheirThreads() throws Exception {
    String[] siblings = {"0,2", "1,3", "0,2", "1,3"};
    for (int cpu = 0; cpu < siblings.length; cpu++) {
      Path topology = Files.createDirectories(folder.resolve("cpu" + cpu + "/topology"));
      Files.writeString(topology.resolve("thread_siblings_list"), siblings[cpu] + "\n");
    }
    Files.createDirectory(folder.resolve("cpufreq"));
    assertThat(PhysicalCores.count(folder, 4)).isEqualTo(2);
    assertThat(PhysicalCores.count(folder, 1)).isEqualTo(1);
    assertThat(PhysicalCores.count(folder.resolve("none"), 3)).isEqualTo(3);
  }
}
