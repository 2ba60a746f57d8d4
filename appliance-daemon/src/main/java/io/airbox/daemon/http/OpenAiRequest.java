package io.airbox.daemon.http;

import io.airbox.generation.GenerationRequest;
import io.airbox.generation.pack.ModelPack;
import io.airbox.generation.pack.PackFolder;
import io.airbox.generation.pack.PackManifest;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A request of OpenAI's image API as this service understands it.
 *
 * <p>{@code model} names a pack; any other name means the default pack. {@code quality} chooses the
 * preset: {@code low} the one with the fewest steps, {@code high} and {@code hd} the one with the
 * most and half as many again, everything else the pack's default. {@code size} is met by the
 * nearest size of the pack, with a warning.
 *
 * @param pack the pack
 * @param preset preset id
 * @param prompt what to draw
 * @param negativePrompt what to avoid, or null
 * @param size size of the pack
 * @param count pictures
 * @param steps steps, or null for the preset's
 * @param cfg guidance scale, or null
 * @param sampler sampler, or null
 * @param seed seed, or null
 * @param quality quality as asked
 * @param url whether pictures are given as addresses instead of base64
 * @param warnings what was not taken literally
 */
record OpenAiRequest(
    String pack,
    String preset,
    String prompt,
    @Nullable String negativePrompt,
    PackManifest.Size size,
    int count,
    @Nullable Integer steps,
    @Nullable Double cfg,
    @Nullable String sampler,
    @Nullable Long seed,
    String quality,
    boolean url,
    List<String> warnings) {

  private static final Set<String> KNOWN =
      Set.of(
          "prompt",
          "model",
          "n",
          "size",
          "quality",
          "response_format",
          "output_format",
          "output_compression",
          "background",
          "moderation",
          "style",
          "user",
          "stream",
          "partial_images",
          "seed",
          "steps",
          "negative_prompt",
          "cfg_scale",
          "sampler");

  private static final Pattern SIZE = Pattern.compile("(\\d{1,5})[x×](\\d{1,5})");
  private static final Comparator<PackManifest.Preset> BY_STEPS =
      Comparator.comparingInt(preset -> preset.steps().preferred());

  /**
   * Reads a body.
   *
   * @throws HttpFailure 400 naming the parameter
   */
  static OpenAiRequest parse(Buffer body, PackFolder packs) {
    Fields fields = Fields.parse(body, KNOWN);
    String prompt = fields.required("prompt", RequestJson.LONGEST_PROMPT);
    List<String> warnings = new ArrayList<>();
    PackManifest pack = pack(fields.text("model", 200), packs, warnings).manifest();
    String quality = choice(fields, "quality", QUALITIES, "auto");
    PackManifest.Preset preset = preset(pack, quality);
    Integer steps = fields.integer("steps");
    refuseWhatIsNotMade(fields, warnings);
    return new OpenAiRequest(
        pack.name(),
        preset.id(),
        prompt,
        fields.text("negative_prompt", RequestJson.LONGEST_PROMPT),
        size(fields.text("size", 20), pack, warnings),
        count(fields),
        steps != null ? steps : steps(preset, quality),
        fields.number("cfg_scale"),
        fields.text("sampler", 200),
        fields.whole("seed"),
        quality,
        choice(fields, "response_format", List.of("b64_json", "url"), "b64_json").equals("url"),
        warnings);
  }

  private static final List<String> QUALITIES =
      List.of("auto", "low", "medium", "high", "standard", "hd");

  private static ModelPack pack(@Nullable String model, PackFolder packs, List<String> warnings) {
    packs.refresh();
    if (model != null) {
      for (ModelPack pack : packs.packs()) {
        if (pack.manifest().name().equals(model)) {
          return pack;
        }
      }
    }
    ModelPack pack = packs.defaultPack();
    if (model != null && !model.isBlank()) {
      warnings.add(
          String.format(
              Locale.ROOT,
              "model \"%s\" is not installed, %s was used",
              model,
              pack.manifest().name()));
    }
    return pack;
  }

  private static PackManifest.Preset preset(PackManifest pack, String quality) {
    return switch (quality) {
      case "low" -> pack.presets().stream().min(BY_STEPS).orElseThrow();
      case "high", "hd" -> pack.presets().stream().max(BY_STEPS).orElseThrow();
      default -> pack.defaultPreset();
    };
  }

  private static @Nullable Integer steps(PackManifest.Preset preset, String quality) {
    return quality.equals("high") || quality.equals("hd")
        ? Integer.valueOf(Math.min(preset.steps().max(), preset.steps().preferred() * 3 / 2))
        : null;
  }

  private static int count(Fields fields) {
    Integer count = fields.integer("n");
    if (count == null) {
      return 1;
    }
    if (count < 1 || count > 10) {
      throw HttpFailure.invalid("n", "n: " + count + " is out of range, allowed are 1…10");
    }
    return count;
  }

  private static String choice(Fields fields, String name, List<String> allowed, String absent) {
    String value = fields.text(name, 200);
    if (value == null) {
      return absent;
    }
    if (!allowed.contains(value)) {
      throw HttpFailure.invalid(
          name,
          String.format(
              Locale.ROOT, "%s: \"%s\" is not one of %s", name, value, String.join(", ", allowed)));
    }
    return value;
  }

  private static void refuseWhatIsNotMade(Fields fields, List<String> warnings) {
    choice(fields, "output_format", List.of("png"), "png");
    choice(fields, "background", List.of("auto", "opaque"), "auto");
    if (fields.flag("stream", false)) {
      throw HttpFailure.invalid(
          "stream",
          "stream: is not offered here; POST /api/v1/jobs and its events show progress and"
              + " previews");
    }
    for (String name : List.of("moderation", "style", "user")) {
      fields.text(name, 1000);
    }
    fields.integer("partial_images");
    if (fields.integer("output_compression") != null) {
      warnings.add("output_compression has no meaning for png");
    }
    if (fields.has("style")) {
      warnings.add("style is ignored; say it in the prompt");
    }
  }

  private static PackManifest.Size size(
      @Nullable String text, PackManifest pack, List<String> warnings) {
    if (text == null || text.equals("auto")) {
      return pack.defaultSize();
    }
    Matcher matcher = SIZE.matcher(text);
    if (!matcher.matches() || matcher.group(1).matches("0+") || matcher.group(2).matches("0+")) {
      throw HttpFailure.invalid(
          "size",
          String.format(
              Locale.ROOT,
              "size: \"%s\" is not a size; write auto or WIDTHxHEIGHT, this model makes %s",
              text,
              pack.sizes()));
    }
    double width = Integer.parseInt(matcher.group(1));
    double height = Integer.parseInt(matcher.group(2));
    PackManifest.Size nearest =
        pack.sizes().stream()
            .min(
                Comparator.<PackManifest.Size>comparingDouble(
                        size -> logRatio((double) size.width() / size.height(), width / height))
                    .thenComparingDouble(
                        size -> logRatio((double) size.width() * size.height(), width * height)))
            .orElseThrow();
    if (nearest.width() != (int) width || nearest.height() != (int) height) {
      warnings.add(
          String.format(
              Locale.ROOT, "size %s is not made by this model, the nearest is %s", text, nearest));
    }
    return nearest;
  }

  private static double logRatio(double left, double right) {
    return Math.abs(Math.log(left / right));
  }

  GenerationRequest toGeneration() {
    return new GenerationRequest(
        pack,
        preset,
        prompt,
        negativePrompt,
        size.width(),
        size.height(),
        steps,
        cfg,
        sampler,
        null,
        seed,
        null,
        count,
        null,
        null,
        false);
  }
}
