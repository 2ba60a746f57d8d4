package io.airbox.generation;

import io.airbox.generation.pack.Fingerprint;
import io.airbox.generation.pack.PackManifest;
import io.airbox.generation.pack.PackManifest.Preset;
import io.airbox.generation.pack.PackManifest.SelfTest;
import io.airbox.generation.random.NoiseKind;
import java.util.List;

/** Makes the picture that a pack promises and looks whether it came out. */
public final class PackSelfTest {
  private PackSelfTest() {}

  /**
   * What came out.
   *
   * @param picture the picture
   * @param fingerprint how it looks; what a manifest's author writes into it
   * @param distance how far it is from the promised one, 0…255
   * @param passed whether that is within the tolerance
   */
  public record Result(
      GeneratedPicture picture, Fingerprint fingerprint, double distance, boolean passed) {}

  /**
   * Runs the self-test of a pack.
   *
   * @throws IllegalArgumentException if the pack has none
   * @throws GenerationException if no picture could be made
   * @throws InterruptedException if the thread was interrupted
   */
  public static Result run(PictureMaker maker, PackManifest pack) throws InterruptedException {
    SelfTest test = pack.selfTest();
    if (test == null) {
      throw new IllegalArgumentException("pack " + pack.name() + " has no self_test");
    }
    List<GeneratedPicture> pictures =
        maker.make(settings(pack, test), null, false, GenerationListener.SILENT);
    GeneratedPicture picture = pictures.get(0);
    Fingerprint fingerprint = Fingerprint.of(picture.image());
    double distance = fingerprint.distance(test.fingerprint());
    return new Result(picture, fingerprint, distance, distance <= test.tolerance());
  }

  private static GenerationSettings settings(PackManifest pack, SelfTest test) {
    Preset preset = pack.preset(test.preset()).orElseThrow();
    return new GenerationSettings(
        pack.name(),
        pack.version(),
        preset.id(),
        test.prompt(),
        "",
        test.size().width(),
        test.size().height(),
        test.steps(),
        preset.cfg().preferred(),
        preset.sampler(),
        preset.spacing(),
        test.seed(),
        NoiseKind.TORCH_CPU,
        1,
        null);
  }
}
