package io.airbox.daemon.http;

import io.airbox.generation.GenerationRequest;
import io.airbox.generation.image.PictureReader;
import io.airbox.generation.image.RgbImage;
import io.airbox.generation.pack.ModelPack;
import io.airbox.generation.pack.PackFolder;
import io.airbox.generation.pack.PackManifest;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A request of OpenAI's image API as this service understands it.
 *
 * <p>{@code model} names a pack; any other name means the default pack. {@code quality} chooses the
 * preset: {@code low} the one with the fewest steps, {@code high} and {@code hd} the one with the
 * most and half as many again, everything else the pack's default. {@code size} is met by the
 * nearest size of the pack, with a warning. An edit is img2img; {@code input_fidelity} says how
 * much of the picture stays, unless {@code strength} does.
 *
 * @param kind which of the routes it came by
 * @param generation what is asked for
 * @param quality quality as asked
 * @param format how pictures are given out
 * @param url whether they are given as addresses instead of base64
 * @param stream whether the reply is a stream of events
 * @param partials how many previews a stream has of each picture at most
 * @param warnings what was not taken literally
 */
record OpenAiRequest(
    Kind kind,
    GenerationRequest generation,
    String quality,
    PictureFormat format,
    boolean url,
    boolean stream,
    int partials,
    List<String> warnings) {

  /** What is asked for; the text is how its events begin. */
  enum Kind {
    GENERATION("image_generation"),
    EDIT("image_edit");

    private final String events;

    Kind(String events) {
      this.events = events;
    }

    String events() {
      return events;
    }
  }

  private static final int MOST_PARTIALS = 3;
  private static final int BEST = 100;

  /** How much of an edited picture is made anew. */
  private static final double STRENGTH = 0.6;

  private static final double FAITHFUL = 0.4;

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

  private static final String IMAGE = "image";
  private static final String IMAGES = "image[]";
  private static final String MASK = "mask";
  private static final Set<String> KNOWN_OF_EDITS =
      with(KNOWN, IMAGE, IMAGES, MASK, "input_fidelity", "strength");

  private static final Set<String> WHOLE =
      Set.of("n", "seed", "steps", "partial_images", "output_compression");
  private static final Set<String> REAL = Set.of("cfg_scale", "strength");

  private static final Pattern SIZE = Pattern.compile("(\\d{1,5})[x×](\\d{1,5})");
  private static final Comparator<PackManifest.Preset> BY_STEPS =
      Comparator.comparingInt(preset -> preset.steps().preferred());
  private static final List<String> QUALITIES =
      List.of("auto", "low", "medium", "high", "standard", "hd");

  private static Set<String> with(Set<String> known, String... more) {
    Set<String> all = new HashSet<>(known);
    all.addAll(List.of(more));
    return Set.copyOf(all);
  }

  /**
   * Reads the body of a request for pictures, which is JSON whatever its type says.
   *
   * @throws HttpFailure 400 naming the parameter
   */
  static OpenAiRequest generation(Buffer body, PackFolder packs) {
    return of(Kind.GENERATION, Fields.parse(body, KNOWN), null, packs);
  }

  /**
   * Reads the body of a request to edit a picture, which is a form.
   *
   * @throws HttpFailure 400 naming the parameter
   */
  static OpenAiRequest edit(Buffer body, @Nullable String contentType, PackFolder packs) {
    if (contentType == null || !Multipart.is(contentType)) {
      throw HttpFailure.invalid(
          null, "an edit comes as multipart/form-data with a file named image");
    }
    Multipart form = Multipart.parse(body, contentType);
    Fields fields = Fields.of(json(form), KNOWN_OF_EDITS);
    if (fields.mentions(MASK)) {
      throw HttpFailure.invalid(
          MASK, "mask: no installed model fills in parts of a picture; leave it out");
    }
    return of(Kind.EDIT, fields, image(form), packs);
  }

  /** Numbers and flags as what they are; what is none stays a text, which is then complained of. */
  private static JsonObject json(Multipart form) {
    JsonObject json = new JsonObject();
    form.texts().forEach((name, text) -> json.put(name, typed(name, text)));
    form.files().keySet().forEach(name -> json.put(name, ""));
    return json;
  }

  private static Object typed(String name, String text) {
    try {
      if (WHOLE.contains(name)) {
        return Long.valueOf(text.strip());
      }
      if (REAL.contains(name)) {
        return Double.valueOf(text.strip());
      }
    } catch (NumberFormatException e) {
      return text;
    }
    boolean flag = name.equals("stream") && (text.equals("true") || text.equals("false"));
    return flag ? (Object) Boolean.valueOf(text) : text;
  }

  private static RgbImage image(Multipart form) {
    List<byte[]> files =
        Stream.of(IMAGE, IMAGES)
            .flatMap(name -> form.files().getOrDefault(name, List.of()).stream())
            .toList();
    if (files.isEmpty()) {
      throw HttpFailure.invalid(
          IMAGE, "image: is missing; send a PNG or JPEG as a file of that name");
    }
    if (files.size() > 1) {
      throw HttpFailure.invalid(
          IMAGE, "image: there are " + files.size() + " files, an edit starts from one");
    }
    return PictureReader.read(files.get(0));
  }

  private static OpenAiRequest of(
      Kind kind, Fields fields, @Nullable RgbImage image, PackFolder packs) {
    String prompt = fields.required("prompt", RequestJson.LONGEST_PROMPT);
    List<String> warnings = new ArrayList<>();
    PackManifest pack = pack(fields.text("model", 200), packs, warnings).manifest();
    String quality = choice(fields, "quality", QUALITIES, "auto");
    PackManifest.Preset preset = preset(pack, quality);
    Integer steps = fields.integer("steps");
    PackManifest.Size size = size(fields.text("size", 20), pack, warnings);
    readWhatIsIgnored(fields, warnings);
    boolean stream = fields.flag("stream", false);
    int partials = upTo(fields, "partial_images", 0, MOST_PARTIALS, 0);
    return new OpenAiRequest(
        kind,
        new GenerationRequest(
            pack.name(),
            preset.id(),
            prompt,
            fields.text("negative_prompt", RequestJson.LONGEST_PROMPT),
            size.width(),
            size.height(),
            steps != null ? steps : steps(preset, quality),
            fields.number("cfg_scale"),
            fields.text("sampler", 200),
            null,
            fields.whole("seed"),
            null,
            upTo(fields, "n", 1, 10, 1),
            image,
            image == null ? null : strength(fields),
            stream && partials > 0),
        quality,
        format(fields, warnings),
        choice(fields, "response_format", List.of("b64_json", "url"), "b64_json").equals("url"),
        stream,
        partials,
        warnings);
  }

  private static double strength(Fields fields) {
    boolean faithful =
        choice(fields, "input_fidelity", List.of("low", "high"), "low").equals("high");
    Double strength = fields.number("strength");
    return strength != null ? strength : faithful ? FAITHFUL : STRENGTH;
  }

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

  private static int upTo(Fields fields, String name, int least, int most, int absent) {
    Integer value = fields.integer(name);
    if (value == null) {
      return absent;
    }
    if (value < least || value > most) {
      throw HttpFailure.invalid(
          name, name + ": " + value + " is out of range, allowed are " + least + "…" + most);
    }
    return value;
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

  private static PictureFormat format(Fields fields, List<String> warnings) {
    int compression = upTo(fields, "output_compression", 0, BEST, BEST);
    if (choice(fields, "output_format", List.of("png", "jpeg"), "png").equals("jpeg")) {
      return new PictureFormat(PictureFormat.Kind.JPEG, Math.max(1, compression));
    }
    if (fields.has("output_compression")) {
      warnings.add("output_compression has no meaning for png");
    }
    return PictureFormat.PNG;
  }

  private static void readWhatIsIgnored(Fields fields, List<String> warnings) {
    choice(fields, "background", List.of("auto", "opaque"), "auto");
    for (String name : List.of("moderation", "style", "user")) {
      fields.text(name, 1000);
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
    return NearestSize.of(
        pack, Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)), warnings);
  }
}
