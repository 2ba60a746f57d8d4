package io.airbox.generation;

import io.airbox.generation.GenerationException.Reason;
import io.airbox.generation.pack.PackManifest;
import io.airbox.generation.pack.PackManifest.EngineFiles;
import io.airbox.generation.pack.PackManifest.GuidanceMode;
import io.airbox.generation.pack.PackManifest.Preset;
import io.airbox.generation.pack.PackManifest.Role;
import io.airbox.generation.pack.PackManifest.Size;
import io.airbox.generation.random.NoiseKind;
import io.airbox.generation.sampling.NoiseSchedule;
import io.airbox.generation.sampling.SamplerKind;
import io.airbox.generation.sampling.SamplerName;
import io.airbox.generation.sampling.SamplingPlan;
import io.airbox.generation.sampling.Spacing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Turns what somebody asks for into what will be made, with the pack's defaults. A value outside a
 * preset's range is moved into it with a warning, since clients send defaults of other models; a
 * value that makes no sense, or a name that does not exist, is refused. Pure but for the seed that
 * it draws.
 */
public final class RequestPlanner {
  /** Longest prompt, in characters. */
  public static final int LONGEST_PROMPT = 4000;

  /** Most pictures of a request. */
  public static final int MOST_PICTURES = 10;

  /** Largest seed. */
  public static final long LARGEST_SEED = 4294967294L;

  /** How much of a picture to replace when a request does not say. */
  public static final double DEFAULT_STRENGTH = 0.75;

  /** Steps and guidance scales above this are mistakes, not wishes. */
  private static final int NONSENSE = 1000;

  private final List<String> engines;
  private final RandomGenerator random;

  /**
   * @param engine id of the engine that will run
   * @param random where seeds are drawn from
   */
  public RequestPlanner(String engine, RandomGenerator random) {
    this(List.of(engine), random);
  }

  /**
   * @param engines ids of the engines, of which the first will run that a pack has files for
   * @param random where seeds are drawn from
   */
  public RequestPlanner(List<String> engines, RandomGenerator random) {
    this.engines = List.copyOf(engines);
    this.random = random;
  }

  /**
   * What will be made.
   *
   * @param settings every choice made
   * @param warnings what is not as asked, as sentences
   */
  public record Plan(GenerationSettings settings, List<String> warnings) {
    public Plan {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * Makes every choice.
   *
   * @param pack the pack that {@code request.pack()} names, or the default one
   * @throws GenerationException {@code INVALID_REQUEST} with the field, its value, what is allowed
   *     and what to try; {@code INVALID_PACK} if the pack has no files for the engine
   */
  public Plan plan(PackManifest pack, GenerationRequest request) {
    List<String> warnings = new ArrayList<>();
    Preset preset = preset(pack, request.preset());
    String prompt = text("prompt", request.prompt());
    if (prompt.isBlank()) {
      throw GenerationException.invalid(
          "prompt", "the prompt is empty; say what to draw, for example \"a red apple\"");
    }
    Size size = size(pack, request.width(), request.height());
    Sampling sampling = sampling(preset, request.sampler(), request.spacing());
    NoiseSchedule schedule = pack.schedule().noise();
    int steps = steps(preset, sampling.sampler(), schedule, request.steps(), warnings);
    double cfg = cfg(pack, preset, request.cfg(), warnings);
    int count = count(request.count());
    Double strength = strength(pack, request);
    // the last word on which steps and strengths go together
    SamplingPlan.of(sampling.sampler(), sampling.spacing(), schedule, steps, strength);
    return new Plan(
        new GenerationSettings(
            pack.name(),
            pack.version(),
            preset.id(),
            prompt,
            negative(pack, preset, cfg, request.negativePrompt(), warnings),
            size.width(),
            size.height(),
            steps,
            cfg,
            sampling.sampler(),
            sampling.spacing(),
            seed(request.seed(), count),
            noise(request.noise()),
            count,
            strength),
        warnings);
  }

  private record Sampling(SamplerKind sampler, Spacing spacing) {}

  private static Preset preset(PackManifest pack, @Nullable String id) {
    if (id == null) {
      return pack.defaultPreset();
    }
    List<String> ids = pack.presets().stream().map(Preset::id).toList();
    return pack.preset(id).orElseThrow(() -> GenerationException.unknown("preset", id, ids));
  }

  private static String text(String field, String text) {
    if (text.length() > LONGEST_PROMPT) {
      throw GenerationException.invalid(
          field,
          Message.of(
              "%s has %d characters, at most %d are allowed",
              field, text.length(), LONGEST_PROMPT));
    }
    int at = 0;
    while (at < text.length()) {
      int c = text.codePointAt(at);
      boolean loneSurrogate = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
      if (loneSurrogate || (Character.isISOControl(c) && !Character.isWhitespace(c))) {
        throw GenerationException.invalid(
            field, Message.of("%s has U+%04X at position %d, which is not text", field, c, at));
      }
      at += Character.charCount(c);
    }
    return text;
  }

  private static Size size(PackManifest pack, @Nullable Integer width, @Nullable Integer height) {
    if (width == null && height == null) {
      return pack.defaultSize();
    }
    String sizes = pack.sizes().stream().map(Size::toString).collect(Collectors.joining(", "));
    if (width == null || height == null) {
      String missing = width == null ? "width" : "height";
      throw GenerationException.invalid(
          missing,
          Message.of(
              "width and height go together, but %s is missing; sizes are %s", missing, sizes));
    }
    Size size = new Size(width, height);
    if (!pack.sizes().contains(size)) {
      boolean knownWidth = pack.sizes().stream().anyMatch(known -> known.width() == width);
      throw GenerationException.invalid(
          knownWidth ? "height" : "width",
          Message.of(
              "size %s is not one of %s; the nearest is %s", size, sizes, nearest(pack, size)));
    }
    return size;
  }

  /** The most similar shape, and among those the most similar number of pixels. */
  private static Size nearest(PackManifest pack, Size wanted) {
    double width = Math.max(1, wanted.width());
    double height = Math.max(1, wanted.height());
    return pack.sizes().stream()
        .min(
            Comparator.comparingDouble(
                    (Size size) ->
                        Math.abs(Math.log(size.width() * height / size.height() / width)))
                .thenComparingDouble(
                    size -> Math.abs(Math.log(size.width() * size.height() / width / height))))
        .orElseThrow();
  }

  private static Sampling sampling(
      Preset preset, @Nullable String sampler, @Nullable String spacing) {
    SamplerName name =
        sampler == null ? new SamplerName(preset.sampler(), null) : SamplerName.parse(sampler);
    SamplerKind kind = name.sampler();
    if (spacing != null) {
      Spacing wanted = Spacing.parse(spacing);
      kind.requireSpacing(wanted);
      return new Sampling(kind, wanted);
    }
    Spacing fallback =
        kind.spacings().contains(preset.spacing()) ? preset.spacing() : kind.spacings().get(0);
    return new Sampling(kind, Objects.requireNonNullElse(name.spacing(), fallback));
  }

  private static int steps(
      Preset preset,
      SamplerKind sampler,
      NoiseSchedule schedule,
      @Nullable Integer asked,
      List<String> warnings) {
    int steps = asked == null ? preset.steps().preferred() : asked;
    int most = Math.min(preset.steps().max(), SamplingPlan.maxSteps(sampler, schedule));
    int least = Math.min(preset.steps().min(), most);
    if (steps < 1 || steps > NONSENSE) {
      throw GenerationException.invalid(
          "steps",
          Message.of(
              "steps must be %d…%d for preset %s, is %d; leave it out for %d",
              least, most, preset.id(), steps, preset.steps().preferred()));
    }
    int allowed = Math.max(least, Math.min(most, steps));
    if (allowed != steps) {
      warnings.add(
          Message.of(
              "Steps were changed from %d to %d: preset %s with sampler %s takes %d…%d.",
              steps, allowed, preset.id(), sampler.id(), least, most));
    }
    return allowed;
  }

  private static double cfg(
      PackManifest pack, Preset preset, @Nullable Double asked, List<String> warnings) {
    double cfg = asked == null ? preset.cfg().preferred() : asked;
    double min = preset.cfg().min();
    double max = preset.cfg().max();
    if (!(cfg >= 0 && cfg <= NONSENSE)) {
      throw GenerationException.invalid(
          "cfg",
          Message.of(
              "cfg must be %s…%s for preset %s, is %s; leave it out for %s",
              min, max, preset.id(), cfg, preset.cfg().preferred()));
    }
    if (pack.guidance().mode() == GuidanceMode.NONE) {
      if (asked != null && cfg > 1) {
        warnings.add(Message.of("Cfg %s has no effect: this model takes no guidance.", cfg));
      }
      return 1;
    }
    double allowed = Math.max(min, Math.min(max, cfg));
    if (allowed != cfg) {
      warnings.add(
          Message.of(
              "Cfg was changed from %s to %s: preset %s takes %s…%s.",
              cfg, allowed, preset.id(), min, max));
    }
    return allowed;
  }

  private static int count(@Nullable Integer asked) {
    int count = asked == null ? 1 : asked;
    if (count < 1 || count > MOST_PICTURES) {
      throw GenerationException.invalid(
          "count", Message.of("count must be 1…%d, is %d", MOST_PICTURES, count));
    }
    return count;
  }

  private EngineFiles files(PackManifest pack) {
    for (String engine : engines) {
      EngineFiles files = pack.engines().get(engine);
      if (files != null) {
        return files;
      }
    }
    throw new GenerationException(
        Reason.INVALID_PACK,
        Message.of(
            "pack %s has no files for engine %s, only for %s",
            pack.name(), String.join(" or ", engines), String.join(", ", pack.engines().keySet())));
  }

  private @Nullable Double strength(PackManifest pack, GenerationRequest request) {
    EngineFiles files = files(pack);
    Double strength = request.strength();
    if (request.image() == null) {
      if (strength != null) {
        throw GenerationException.invalid(
            "strength", "strength says how much of an image to replace, but there is no image");
      }
      return null;
    }
    if (!files.roles().containsKey(Role.VAE_ENCODER)) {
      throw GenerationException.invalid(
          "image",
          Message.of(
              "pack %s cannot start from a picture, it has no vae_encoder; leave the image out",
              pack.name()));
    }
    if (strength == null) {
      return DEFAULT_STRENGTH;
    }
    if (!(strength >= 0 && strength <= 1)) {
      throw GenerationException.invalid(
          "strength", "strength must be 0…1 (0 keeps the picture, 1 replaces it), is " + strength);
    }
    return strength;
  }

  private static String negative(
      PackManifest pack, Preset preset, double cfg, @Nullable String asked, List<String> warnings) {
    if (asked == null || text("negative_prompt", asked).isBlank()) {
      return "";
    }
    if (pack.guidance().mode() != GuidanceMode.CFG || !preset.negative()) {
      warnings.add(
          Message.of("The negative prompt has no effect: preset %s cannot use one.", preset.id()));
      return "";
    }
    if (cfg <= 1) {
      warnings.add(
          Message.of(
              "The negative prompt has no effect at cfg %s; above 1 it works and doubles the time.",
              cfg));
      return "";
    }
    return asked;
  }

  private long seed(@Nullable Long asked, int count) {
    if (asked == null || asked == -1) {
      return random.nextLong(LARGEST_SEED + 2 - count);
    }
    if (asked < 0 || asked > LARGEST_SEED) {
      throw GenerationException.invalid(
          "seed", Message.of("seed must be 0…%d, or -1 to draw one, is %d", LARGEST_SEED, asked));
    }
    return asked;
  }

  private static NoiseKind noise(@Nullable String id) {
    if (id == null) {
      return NoiseKind.TORCH_CPU;
    }
    return Arrays.stream(NoiseKind.values())
        .filter(kind -> kind.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                GenerationException.unknown(
                    "noise", id, Arrays.stream(NoiseKind.values()).map(NoiseKind::id).toList()));
  }
}
