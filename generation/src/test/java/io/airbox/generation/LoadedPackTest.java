package io.airbox.generation;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.argThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.airbox.generation.engine.Engine;
import io.airbox.generation.engine.Network;
import io.airbox.generation.pack.ModelPack;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LoadedPackTest {
  private static final ModelPack PROBE =
      ModelPack.open(Path.of(System.getProperty("airbox.root"), "models", "default"));

  @TempDir Path natives;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aNetworkThatDoesNotLoadIsNamedAndTheOthersAreGivenBack(boolean concurrently) {
    Network other = mock(Network.class);
    Engine engine = mock(Engine.class);
    when(engine.id()).thenReturn("onnx");
    when(engine.loadsConcurrently()).thenReturn(concurrently);
    when(engine.load(any())).thenReturn(other);
    when(engine.load(argThat(file -> file != null && file.endsWith("unet.onnx"))))
        .thenThrow(
            new GenerationException(GenerationException.Reason.OUT_OF_MEMORY, "heap 0 is full"));

    assertThatThrownBy(() -> new LoadedPack(PROBE, engine, natives))
        .isInstanceOf(GenerationException.class)
        .hasMessage("unet (unet.onnx) of pack airbox-emoji cannot be loaded: heap 0 is full");

    verify(other, times(2)).close();
  }
}
