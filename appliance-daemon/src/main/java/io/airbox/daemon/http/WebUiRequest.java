package io.airbox.daemon.http;

import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationRequest;
import io.airbox.generation.image.PictureReader;
import io.airbox.generation.image.Resampling;
import io.airbox.generation.image.RgbImage;
import io.airbox.generation.pack.ModelPack;
import io.airbox.generation.pack.PackFolder;
import io.airbox.generation.pack.PackManifest;
import io.airbox.generation.sampling.SamplerName;
import io.airbox.generation.sampling.Spacing;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request of the web UI's API ({@code txt2img}, {@code img2img}) as this service understands it.
 *
 * <p>What changes nothing here is ignored, as the web UI ignores what it does not know: clients
 * send all their settings. What would change the picture and is not made is refused. Sizes are met
 * by the nearest of the pack; {@code steps} and {@code cfg_scale} as the preset allows.
 *
 * @param pack makes it
 * @param generation what is asked for
 * @param sendImages whether the reply has the pictures
 * @param echo the request, for the reply, without pictures unless they are asked for
 * @param warnings what was not taken literally
 */
record WebUiRequest(
    ModelPack pack,
    GenerationRequest generation,
    boolean sendImages,
    JsonObject echo,
    List<String> warnings) {
  private static final String AUTOMATIC = "automatic";
  private static final double STRENGTH = 0.75;

  /** The resize modes of the web UI that keep the picture's shape. */
  private static final Set<Integer> SHAPE_KEPT = Set.of(1, 2);

  /** Switches of what is not made here, and what each is called. */
  private static final List<String> NOT_MADE = List.of("enable_hr", "restore_faces", "tiling");

  /**
   * Reads a body.
   *
   * @param img2img whether it starts from a picture
   * @param chosen checkpoint that the same client chose before, or null
   * @throws HttpFailure 400 naming the parameter; 404 when img2img has no picture
   */
  static WebUiRequest of(
      Fields fields, boolean img2img, @Nullable String chosen, PackFolder packs) {
    refuseWhatIsNotMade(fields);
    if (img2img && fields.has("mask")) {
      throw HttpFailure.invalid(
          "mask", "mask: no installed model fills in parts of a picture; leave it out");
    }
    JsonObject override = fields.object("override_settings");
    String named = override == null ? null : Fields.any(override).text("sd_model_checkpoint", 300);
    List<String> warnings = new ArrayList<>();
    ModelPack pack = pack(named != null ? named : chosen, packs);
    PackManifest.Size size = size(fields, pack.manifest(), warnings);
    SamplerName sampler = sampler(fields);
    Spacing spacing = spacing(fields, sampler);
    GenerationRequest generation =
        new GenerationRequest(
            pack.manifest().name(),
            null,
            prompt(fields),
            fields.text("negative_prompt", RequestJson.LONGEST_PROMPT),
            size.width(),
            size.height(),
            fields.integer("steps"),
            fields.number("cfg_scale"),
            sampler == null ? null : sampler.sampler().id(),
            spacing == null ? null : spacing.id(),
            seed(fields),
            null,
            count(fields),
            img2img ? image(fields, size) : null,
            img2img ? strength(fields) : null,
            true);
    return new WebUiRequest(
        pack, generation, fields.flag("send_images", true), echo(fields, img2img), warnings);
  }

  private static String prompt(Fields fields) {
    String prompt = fields.text("prompt", RequestJson.LONGEST_PROMPT);
    return prompt == null ? "" : prompt;
  }

  private static void refuseWhatIsNotMade(Fields fields) {
    for (String name : NOT_MADE) {
      if (fields.flag(name, false)) {
        throw HttpFailure.invalid(name, name + ": is not made here; turn it off");
      }
    }
    Double variation = fields.number("subseed_strength");
    if (variation != null && variation != 0) {
      throw HttpFailure.invalid(
          "subseed_strength", "subseed_strength: variations are not made here; set it to 0");
    }
    String script = fields.text("script_name", 200);
    if (script != null && !script.isBlank()) {
      throw HttpFailure.invalid("script_name", "Script '" + script + "' not found");
    }
    JsonObject scripts = fields.object("alwayson_scripts");
    if (scripts != null && !scripts.isEmpty()) {
      String name = Fields.shortened(scripts.fieldNames().iterator().next());
      throw HttpFailure.invalid("alwayson_scripts", "always on script " + name + " not found");
    }
  }

  /** The pack that a checkpoint's title, name or hash means. */
  static ModelPack pack(@Nullable String checkpoint, PackFolder packs) {
    packs.refresh();
    if (checkpoint == null || checkpoint.isBlank()) {
      return packs.defaultPack();
    }
    String wanted = checkpoint.strip();
    return packs.packs().stream()
        .filter(
            pack ->
                wanted.equals(WebUiJson.title(pack))
                    || wanted.equals(pack.manifest().name())
                    || wanted.equals(WebUiJson.hash(pack)))
        .findFirst()
        .orElseThrow(
            () ->
                new HttpFailure(
                    404,
                    "UNKNOWN_PACK",
                    null,
                    "Checkpoint not found: "
                        + Fields.shortened(wanted)
                        + "; GET /sdapi/v1/sd-models lists them"));
  }

  private static PackManifest.Size size(Fields fields, PackManifest pack, List<String> warnings) {
    Integer width = side(fields, "width");
    Integer height = side(fields, "height");
    if (width == null && height == null) {
      return pack.defaultSize();
    }
    int one = width == null ? height == null ? 1 : height : width;
    return NearestSize.of(pack, one, height == null ? one : height, warnings);
  }

  private static @Nullable Integer side(Fields fields, String name) {
    Integer side = fields.integer(name);
    if (side != null && (side < 1 || side > 99_999)) {
      throw HttpFailure.invalid(name, name + ": " + side + " is out of range");
    }
    return side;
  }

  private static @Nullable SamplerName sampler(Fields fields) {
    String named = fields.text("sampler_name", 200);
    String former = fields.text("sampler_index", 200);
    String name = named == null ? former : named;
    if (name == null || name.isBlank() || name.toLowerCase(Locale.ROOT).equals(AUTOMATIC)) {
      return null;
    }
    try {
      return SamplerName.parse(name);
    } catch (GenerationException unknown) {
      throw new HttpFailure(
          400, "INVALID_REQUEST", null, "Sampler not found: " + unknown.getMessage());
    }
  }

  private static @Nullable Spacing spacing(Fields fields, @Nullable SamplerName sampler) {
    String name = fields.text("scheduler", 200);
    if (name == null || name.isBlank() || name.toLowerCase(Locale.ROOT).equals(AUTOMATIC)) {
      return sampler == null ? null : sampler.spacing();
    }
    return Spacing.parse(name);
  }

  private static @Nullable Long seed(Fields fields) {
    Long seed = fields.whole("seed");
    return seed == null || seed < 0 ? null : seed;
  }

  private static int count(Fields fields) {
    Integer size = fields.integer("batch_size");
    Integer batches = fields.integer("n_iter");
    long count = (size == null ? 1L : size) * (batches == null ? 1L : batches);
    if (count < 1 || count > 10) {
      throw HttpFailure.invalid(
          "batch_size", "batch_size times n_iter: " + count + " is out of range, allowed are 1…10");
    }
    return (int) count;
  }

  private static double strength(Fields fields) {
    Double strength = fields.number("denoising_strength");
    return strength == null ? STRENGTH : strength;
  }

  private static RgbImage image(Fields fields, PackManifest.Size size) {
    List<String> images = fields.texts("init_images", Integer.MAX_VALUE);
    if (images == null || images.isEmpty()) {
      throw new HttpFailure(404, "NOT_FOUND", null, "Init image not found");
    }
    if (images.size() > 1) {
      throw HttpFailure.invalid(
          "init_images", "init_images: there are " + images.size() + ", one is started from");
    }
    RgbImage image = PictureReader.read(RequestJson.base64("init_images", images.get(0)));
    Integer mode = fields.integer("resize_mode");
    return mode != null && SHAPE_KEPT.contains(mode)
        ? image
        : Resampling.resize(image, size.width(), size.height());
  }

  private static JsonObject echo(Fields fields, boolean img2img) {
    JsonObject echo = fields.json().copy();
    if (img2img && !fields.flag("include_init_images", false)) {
      echo.putNull("init_images");
    }
    return echo;
  }
}
