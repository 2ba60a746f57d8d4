package io.airbox.generation.engine.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationException.Reason;
import io.airbox.generation.engine.Engine;
import io.airbox.generation.engine.EngineContract;
import io.airbox.generation.engine.Network;
import io.airbox.generation.engine.Tensor;
import io.airbox.generation.engine.TensorInfo.ElementType;
import io.airbox.generation.fixture.OnnxGraph;
import io.airbox.generation.fixture.OnnxGraph.Type;
import io.airbox.generation.fixture.Workplace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class OnnxEngineTest extends EngineContract {
  private final OnnxEngine engine = Workplace.engine();

  @Override
  protected Engine engine() {
    return engine;
  }

  @Override
  protected Set<ElementType> types() {
    return Set.of(ElementType.values());
  }

  @Override
  protected Path increment(ElementType type) {
    return increment(
        switch (type) {
          case FLOAT32 -> Type.FLOAT;
          case FLOAT16 -> Type.FLOAT16;
          case BFLOAT16 -> Type.BFLOAT16;
          case INT32 -> Type.INT32;
          case INT64 -> Type.INT64;
        });
  }

  private Path increment(Type type) {
    OnnxGraph graph = new OnnxGraph(1);
    String input = graph.input("x", type, "n", 2);
    String sum = graph.node("Add", List.of(graph.cast(input, Type.FLOAT), graph.constant(1f)));
    graph.named("y", "Identity", List.of(graph.cast(sum, type)));
    Path file = folder.resolve(type + ".onnx");
    graph.output("y", type, "n", 2).write(file);
    return file;
  }

  @Test
  void refusesElementTypesThatItCannotConvert() {
    assertThatThrownBy(() -> engine.load(increment(Type.DOUBLE)))
        .isInstanceOfSatisfying(
            GenerationException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID_PACK))
        .hasMessageContaining("x has element type DOUBLE");
  }

  @Test
  void saysWhatANetworkTakes() {
    try (Network network = engine.load(increment(Type.FLOAT))) {
      assertThatThrownBy(
              () -> network.run(List.of(new Tensor.Floats(new float[3], 1, 3)), new float[3]))
          .hasMessageContaining("takes [-1, 2] for x, got [1, 3]");
      assertThatThrownBy(() -> network.run(List.of(), new float[3]))
          .hasMessageContaining("takes 1 inputs (x), got 0");
    }
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
