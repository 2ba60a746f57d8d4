package io.airbox.generation.pack;

import io.airbox.generation.image.LatentPreview;
import io.airbox.generation.sampling.LatentScaling;
import io.airbox.generation.sampling.NoiseSchedule;
import io.airbox.generation.sampling.NoiseSchedule.Betas;
import io.airbox.generation.sampling.Prediction;
import io.airbox.generation.sampling.SamplerKind;
import io.airbox.generation.sampling.Spacing;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code pack.json} says, every value checked. Made by {@link ManifestReader} only; the
 * format is described in {@code docs/pack-format.md}.
 *
 * @param name id used in requests, folders and the OpenAI API
 * @param version semantic version of the pack
 * @param title name for people
 * @param description one or two sentences for people, may be empty
 * @param licence what may be done with the weights and the pictures
 * @param text how prompts become token ids and states
 * @param latent what a latent is
 * @param schedule the training noise schedule
 * @param guidance how the prompt is strengthened
 * @param sizes picture sizes, at least one; the first is the default
 * @param presets at least one; the first is the default
 * @param engines files per engine id ({@code onnx}, {@code bm1684x}), at least one
 * @param selfTest a picture to make after installation, or null
 * @param vocabulary a file that lists what the model knows, or null
 */
public record PackManifest(
    String name,
    String version,
    String title,
    String description,
    Licence licence,
    Text text,
    Latent latent,
    Schedule schedule,
    Guidance guidance,
    List<Size> sizes,
    List<Preset> presets,
    Map<String, EngineFiles> engines,
    @Nullable SelfTest selfTest,
    @Nullable PackFile vocabulary) {

  /** The number that {@code /format} has to have, or less. */
  public static final int FORMAT = 1;

  public PackManifest {
    sizes = List.copyOf(sizes);
    presets = List.copyOf(presets);
    engines = Map.copyOf(engines);
  }

  /** The preset of that id. */
  public Optional<Preset> preset(String id) {
    return presets.stream().filter(preset -> preset.id().equals(id)).findFirst();
  }

  /** The preset used when a request names none. */
  public Preset defaultPreset() {
    return presets.get(0);
  }

  /** The size used when a request names none. */
  public Size defaultSize() {
    return sizes.get(0);
  }

  /**
   * A file of the pack.
   *
   * @param file path below the pack's folder, with {@code /}, without {@code ..}
   * @param sha256 of the whole file, 64 lower-case hex digits
   * @param bytes length of the file
   */
  public record PackFile(String file, String sha256, long bytes) {}

  /**
   * @param spdx SPDX expression
   * @param notice file with attributions, or null
   * @param commercial whether the weights may be used commercially
   */
  public record Licence(String spdx, @Nullable String notice, boolean commercial) {}

  /**
   * How prompts are encoded.
   *
   * @param tokenizer a Hugging Face {@code tokenizer.json}
   * @param length tokens of a chunk with begin and end: 77 for CLIP
   * @param width numbers per state: 768 for SD 1.5
   * @param begin token id before a chunk's words
   * @param end token id after them
   * @param pad token id of unused places
   * @param maxChunks chunks that the UNet takes, concatenated along the token axis
   * @param weighting whether A1111's emphasis changes the states
   */
  public record Text(
      PackFile tokenizer,
      int length,
      int width,
      int begin,
      int end,
      int pad,
      int maxChunks,
      boolean weighting) {}

  /**
   * What a latent is.
   *
   * @param channels planes: 4
   * @param downscale picture pixels per cell: 8
   * @param scale decoder input = latent ÷ scale + shift
   * @param shift see {@code scale}
   * @param preview how a cell looks, or null
   */
  public record Latent(
      int channels, int downscale, double scale, double shift, @Nullable LatentPreview preview) {
    /** What lies between a sampler's latent and the autoencoder's. */
    public LatentScaling scaling() {
      return new LatentScaling(scale, shift);
    }
  }

  /**
   * The noise schedule that the network was trained with.
   *
   * @param trainSteps timesteps: 1000
   * @param betaStart first beta
   * @param betaEnd last beta
   * @param betas how the betas lie between them
   * @param prediction what the UNet predicts
   */
  public record Schedule(
      int trainSteps, double betaStart, double betaEnd, Betas betas, Prediction prediction) {
    /** The levels of noise that follow from it. */
    public NoiseSchedule noise() {
      return new NoiseSchedule(trainSteps, betaStart, betaEnd, betas);
    }
  }

  /**
   * How the prompt is strengthened.
   *
   * @param mode see {@link GuidanceMode}
   * @param batch 2 when both passes of classifier-free guidance go through the UNet together, else
   *     1
   */
  public record Guidance(GuidanceMode mode, int batch) {}

  /** Ways to strengthen the prompt. */
  public enum GuidanceMode {
    /** Classifier-free: a pass with the prompt and one with the negative prompt. */
    CFG,
    /** One pass; the scale has no meaning. */
    NONE,
    /** One pass; the UNet takes the scale as a fourth input of 256 numbers (full LCM). */
    EMBEDDED
  }

  /** A picture size in pixels. */
  public record Size(int width, int height) {
    @Override
    public String toString() {
      return width + "x" + height;
    }
  }

  /**
   * Settings that go together.
   *
   * @param id name in requests
   * @param title name for people by language tag, at least {@code en}
   * @param sampler sampler
   * @param spacing timestep spacing
   * @param steps default and range
   * @param cfg default and range of the guidance scale
   * @param negative false when a negative prompt has no effect
   */
  public record Preset(
      String id,
      Map<String, String> title,
      SamplerKind sampler,
      Spacing spacing,
      IntRange steps,
      Range cfg,
      boolean negative) {
    public Preset {
      title = Map.copyOf(title);
    }
  }

  /** Whole numbers from {@code min} to {@code max} with a default. */
  public record IntRange(int preferred, int min, int max) {}

  /** Numbers from {@code min} to {@code max} with a default. */
  public record Range(double preferred, double min, double max) {}

  /**
   * The networks as one engine wants them.
   *
   * @param compiler what made the files, for people, may be empty
   * @param roles at least text encoder, UNet and VAE decoder
   */
  public record EngineFiles(String compiler, Map<Role, NetworkFile> roles) {
    public EngineFiles {
      roles = Map.copyOf(roles);
    }
  }

  /**
   * A network's file.
   *
   * @param main the graph
   * @param data further files that the graph refers to (ONNX external weights)
   * @param memory bytes needed when loaded and run at the largest size; 0 when unknown
   */
  public record NetworkFile(PackFile main, List<PackFile> data, long memory) {
    public NetworkFile {
      data = List.copyOf(data);
    }
  }

  /** What a network is for. */
  public enum Role {
    TEXT_ENCODER("text_encoder", true),
    UNET("unet", true),
    VAE_DECODER("vae_decoder", true),
    VAE_ENCODER("vae_encoder", false),
    CONTROLNET("controlnet", false);

    private final String id;
    private final boolean required;

    Role(String id, boolean required) {
      this.id = id;
      this.required = required;
    }

    /** The key in {@code pack.json}. */
    public String id() {
      return id;
    }

    /** Whether a pack is useless without it. */
    public boolean required() {
      return required;
    }
  }

  /**
   * A picture whose look is known.
   *
   * @param prompt what is drawn
   * @param seed seed, torch-cpu noise
   * @param preset preset id
   * @param steps steps
   * @param size size
   * @param fingerprint how it looks
   * @param tolerance largest allowed {@link Fingerprint#distance}, in 0…255
   */
  public record SelfTest(
      String prompt,
      long seed,
      String preset,
      int steps,
      Size size,
      Fingerprint fingerprint,
      double tolerance) {}
}
