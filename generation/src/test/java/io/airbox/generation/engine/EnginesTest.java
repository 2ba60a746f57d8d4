package io.airbox.generation.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.mockito.InOrder;

final class EnginesTest {
  private final Engine tpu = engine("bm1684x");
  private final Engine cpu = engine("onnx");
  private final List<String> opened = new ArrayList<>();
  private final Engines engines =
      new Engines(
          List.of(
              new Engines.Source("bm1684x", () -> open(tpu)),
              new Engines.Source("onnx", () -> open(cpu))));

  private static Engine engine(String id) {
    Engine engine = mock(Engine.class);
    when(engine.id()).thenReturn(id);
    return engine;
  }

  private Engine open(Engine engine) {
    opened.add(engine.id());
    return engine;
  }

  @Test
  void opensWhatIsNeededOnceAndTakesTheFirstThatWillDo() {
    assertThat(engines.ids()).containsExactly("bm1684x", "onnx");
    assertThat(engines.firstOf(Set.of("onnx"))).contains(cpu);
    assertThat(opened).containsExactly("onnx");
    assertThat(engines.firstOf(Set.of("onnx", "bm1684x"))).contains(tpu);
    assertThat(engines.preferred()).isSameAs(tpu);
    assertThat(engines.firstOf(Set.of("gpu"))).isEmpty();
    assertThat(opened).containsExactly("onnx", "bm1684x");
    assertThat(engines.opened()).containsExactly(cpu, tpu);
  }

  @Test
  void closesWhatItOpenedTheYoungestFirst() {
    assertThat(engines.firstOf(Set.of("onnx"))).isPresent();
    assertThat(engines.preferred()).isSameAs(tpu);
    engines.close();
    InOrder order = inOrder(tpu, cpu);
    order.verify(tpu).close();
    order.verify(cpu).close();
    engines.close();
    verify(tpu).close();
  }

  @Test
  void anEngineThatDoesNotOpenIsTriedAgain() {
    List<Engine> tries = new ArrayList<>();
    Engines failing =
        new Engines(
            List.of(
                new Engines.Source(
                    "bm1684x",
                    () -> {
                      tries.add(tpu);
                      if (tries.size() == 1) {
                        throw new IllegalStateException("busy");
                      }
                      return tpu;
                    })));
    assertThatThrownBy(failing::preferred).hasMessage("busy");
    assertThat(failing.preferred()).isSameAs(tpu);
    assertThatThrownBy(() -> new Engines(List.of())).isInstanceOf(IllegalArgumentException.class);
  }
}
