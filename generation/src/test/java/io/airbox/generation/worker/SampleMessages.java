package io.airbox.generation.worker;

import io.airbox.generation.GeneratedPicture;
import io.airbox.generation.GenerationSettings;
import io.airbox.generation.image.RgbImage;
import io.airbox.generation.random.NoiseKind;
import io.airbox.generation.sampling.SamplerKind;
import io.airbox.generation.sampling.Spacing;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Things to put into messages. */
final class SampleMessages {
  private SampleMessages() {}

  static GenerationSettings settings(String prompt, int count, @Nullable Double strength) {
    return new GenerationSettings(
        "probe",
        "1.0.0",
        "quality",
        prompt,
        "",
        8,
        8,
        3,
        2.5,
        SamplerKind.DDIM,
        Spacing.LEADING,
        4294967294L,
        NoiseKind.TORCH_CPU,
        count,
        strength);
  }

  static RgbImage image(int width, int height) {
    byte[] rgb = new byte[width * height * 3];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i * 31);
    }
    return new RgbImage(width, height, rgb);
  }

  static GeneratedPicture picture(GenerationSettings settings, RgbImage image) {
    return new GeneratedPicture(
        image,
        settings,
        "fake",
        "00ff",
        List.of("steps clamped"),
        new GeneratedPicture.Timings(1, 2, 3, 6, 5, settings.steps()));
  }
}
