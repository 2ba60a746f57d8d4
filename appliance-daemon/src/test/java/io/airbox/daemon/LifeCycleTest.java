package io.airbox.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LifeCycleTest {
  private final LifeCycle life = new LifeCycle();
  private final List<String> stopped = new ArrayList<>();

  @Test
  void partsStopInReverseOrder() throws Exception {
    life.starting();
    life.started("a", 1, () -> stopped.add("a"));
    life.started("b", 2, () -> stopped.add("b"));
    life.started();
    assertThat(life.state()).isEqualTo(LifeCycle.State.STARTED);

    life.stop();
    life.stop();

    assertThat(stopped).containsExactly("b", "a");
    assertThat(life.state()).isEqualTo(LifeCycle.State.STOPPED);
  }

  @Test
  void aPartThatFailsToStopDoesNotKeepTheOthersRunning() throws Exception {
    life.starting();
    life.started("a", 1, () -> stopped.add("a"));
    life.started(
        "b",
        2,
        () -> {
          throw new IOException("stuck");
        });
    life.started();

    assertThatIllegalStateException()
        .isThrownBy(life::stop)
        .satisfies(
            failure ->
                assertThat(failure.getSuppressed()[0])
                    .hasMessage("b did not stop")
                    .hasRootCauseMessage("stuck"));
    assertThat(stopped).containsExactly("a");
    assertThat(life.state()).isEqualTo(LifeCycle.State.STOPPED);
  }

  @Test
  void itStartsOnceOnly() throws Exception {
    life.starting();
    assertThatIllegalStateException().isThrownBy(life::starting).withMessageContaining("STARTING");
    life.stop();
    assertThatIllegalStateException().isThrownBy(life::starting).withMessageContaining("STOPPED");
  }

  @Test
  void aPartThatStartsWhileAllIsStoppedIsStoppedAtOnce() throws Exception {
    life.starting();
    life.stop();

    assertThatThrownBy(() -> life.started("late", 1, () -> stopped.add("late")))
        .hasMessageContaining("stopped while it was starting");
    assertThat(stopped).containsExactly("late");
  }
}
