package io.airbox.generation.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationException.Reason;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlanesTest {
  private static byte[] bytes(int... levels) {
    byte[] bytes = new byte[levels.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) levels[i];
    }
    return bytes;
  }

  @Test
  void roundsAndClamps() {
    float[] planes = {-1, 1, 0.001f, -1.5f, 7, -0.001f};
    assertThat(Planes.toImage(planes, 2, 1).rgb()).containsExactly(bytes(0, 128, 255, 255, 0, 127));
  }

  @Test
  void readsPlanesInTheOrderRedGreenBlueRowByRow() {
    float[] planes = new float[3 * 4];
    planes[1] = 1; // red of (1, 0)
    planes[4 + 2] = 1; // green of (0, 1)
    byte[] rgb = Planes.toImage(planes, 2, 2).rgb();
    assertThat(rgb[3]).isEqualTo((byte) 255);
    assertThat(rgb[7]).isEqualTo((byte) 255);
  }

  @Property(tries = 200)
  void everyLevelSurvivesTheWayThereAndBack(@ForAll @Size(24) byte[] rgb) {
    float[] planes = new float[24];
    RgbImage image = new RgbImage(4, 2, rgb);
    Planes.fromImage(image, planes);
    for (float value : planes) {
      assertThat(value).isBetween(-1f, 1f);
    }
    assertThat(Planes.toImage(planes, 4, 2)).isEqualTo(image);
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void refusesWhatIsNoNumber(float value) {
    float[] planes = new float[12];
    planes[7] = value;
    assertThatExceptionOfType(GenerationException.class)
        .isThrownBy(() -> Planes.toImage(planes, 2, 2))
        .withMessage("the decoder's picture holds values that are no numbers (NaN or infinite)")
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.ENGINE_FAULT));
    assertThatExceptionOfType(GenerationException.class)
        .isThrownBy(() -> Planes.requireFinite(planes, () -> "the UNet's output in step 3"))
        .withMessageStartingWith("the UNet's output in step 3 holds");
    assertThatNoException()
        .isThrownBy(() -> Planes.requireFinite(new float[] {Float.MAX_VALUE, -0f}, () -> "it"));
  }

  @Test
  void refusesArraysThatAreTooShort() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Planes.toImage(new float[11], 2, 2))
        .withMessage("2×2 pixels do not fit 11 values");
  }

  @Test
  void drawsALatentThroughTheMatrix() {
    LatentPreview preview =
        new LatentPreview(
            List.of(List.of(0.5, 0.0), List.of(0.0, 0.5), List.of(0.0, 0.0)),
            List.of(0.5, 0.5, 0.2));
    RgbImage image = preview.render(new float[] {1, -3, 0, Float.NaN}, 2, 1);
    assertThat(image.rgb()).containsExactly(bytes(255, 128, 51, 0, 0, 0));
  }

  @Test
  void drawsTheLatentsOfStableDiffusion() {
    float[] latent = new float[4 * 6];
    latent[0] = 1;
    RgbImage image = LatentPreview.STABLE_DIFFUSION_1.render(latent, 3, 2);
    // 255 · (0.298, 0.207, 0.208) · 0.5 + 127.5
    assertThat(image.rgb()).startsWith(bytes(165, 154, 154));
    assertThat(image.rgb()).endsWith(bytes(128, 128, 128));
  }

  @Test
  void refusesAMatrixOfAnotherShape() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LatentPreview(List.of(List.of(1.0)), List.of(0.5, 0.5, 0.5)))
        .withMessage("a preview needs three rows of weights and three biases, got 1 and 3");
    List<Double> one = List.of(1.0);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new LatentPreview(List.of(one, one, List.of(1.0, 2.0)), List.of(0.0, 0.0, 0.0)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LatentPreview(List.of(one, one, one), List.of(0.0, Double.NaN, 0.0)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LatentPreview.STABLE_DIFFUSION_1.render(new float[5], 1, 1))
        .withMessage("4 planes of 1×1 cells do not fit 5 values");
  }

  @Test
  void knowsAFlatPicture() {
    assertThat(new RgbImage(2, 1, new byte[] {1, 2, 3, 1, 2, 3}).isFlat(0)).isTrue();
    assertThat(new RgbImage(2, 1, new byte[] {1, 2, 3, 1, 2, 4}).isFlat(0)).isFalse();
  }
}
