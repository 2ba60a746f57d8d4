package io.airbox.daemon.http;

import io.airbox.generation.GenerationRequest;
import io.airbox.generation.Infotext;
import io.airbox.generation.image.PictureReader;
import io.airbox.generation.image.Png;
import io.airbox.generation.image.RgbImage;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A request as the native API writes it. */
public final class RequestJson {
  static final int LONGEST_PROMPT = 32_000;

  private static final Pattern SPACE = Pattern.compile("\\s+");
  private static final Set<String> KNOWN =
      Set.of(
          "prompt",
          "negative_prompt",
          "pack",
          "preset",
          "width",
          "height",
          "steps",
          "cfg",
          "sampler",
          "spacing",
          "seed",
          "noise",
          "count",
          "preview",
          "image",
          "strength",
          "cancel_on_disconnect");

  private RequestJson() {}

  /**
   * A body of {@code POST /api/v1/jobs}.
   *
   * @param request what is asked for
   * @param cancelOnDisconnect whether the job ends when its watcher leaves
   */
  record Body(GenerationRequest request, boolean cancelOnDisconnect) {}

  /**
   * Reads a body.
   *
   * @throws HttpFailure 400 naming the field
   */
  static Body parse(Buffer body) {
    Fields fields = Fields.parse(body, KNOWN);
    GenerationRequest request =
        new GenerationRequest(
            fields.text("pack", 200),
            fields.text("preset", 200),
            fields.required("prompt", LONGEST_PROMPT),
            fields.text("negative_prompt", LONGEST_PROMPT),
            fields.integer("width"),
            fields.integer("height"),
            fields.integer("steps"),
            fields.number("cfg"),
            fields.text("sampler", 200),
            fields.text("spacing", 200),
            fields.whole("seed"),
            fields.text("noise", 200),
            fields.integer("count"),
            image(fields),
            fields.number("strength"),
            fields.flag("preview", true));
    return new Body(request, fields.flag("cancel_on_disconnect", false));
  }

  private static @Nullable RgbImage image(Fields fields) {
    String text = fields.text("image", Integer.MAX_VALUE);
    return text == null ? null : PictureReader.read(base64("image", text));
  }

  /**
   * The bytes of a file in base64, with or without a data URL's head.
   *
   * @throws HttpFailure 400 naming the field
   */
  static byte[] base64(String field, String text) {
    String data = text.startsWith("data:") ? text.substring(text.indexOf(',') + 1) : text;
    try {
      return Base64.getDecoder().decode(spaceless(data));
    } catch (IllegalArgumentException e) {
      throw HttpFailure.invalid(field, field + ": is not base64: " + e.getMessage());
    }
  }

  /** Without the line breaks that some encoders write; not copied when there are none. */
  private static String spaceless(String text) {
    return text.chars().anyMatch(Character::isWhitespace)
        ? SPACE.matcher(text).replaceAll("")
        : text;
  }

  /** Writes a request; what is null is left out. */
  public static JsonObject write(GenerationRequest request) {
    JsonObject json = new JsonObject().put("prompt", request.prompt());
    put(json, "negative_prompt", request.negativePrompt());
    put(json, "pack", request.pack());
    put(json, "preset", request.preset());
    put(json, "width", request.width());
    put(json, "height", request.height());
    put(json, "steps", request.steps());
    put(json, "cfg", request.cfg());
    put(json, "sampler", request.sampler());
    put(json, "spacing", request.spacing());
    put(json, "seed", request.seed());
    put(json, "noise", request.noise());
    put(json, "count", request.count());
    put(json, "strength", request.strength());
    RgbImage image = request.image();
    if (image != null) {
      json.put("image", Base64.getEncoder().encodeToString(Png.encode(image, Map.of())));
    }
    return json.put("preview", request.preview());
  }

  private static void put(JsonObject json, String name, @Nullable Object value) {
    if (value != null) {
      json.put(name, value);
    }
  }

  /**
   * The text that a PNG carries, as a request for the same picture.
   *
   * @throws io.airbox.generation.GenerationException {@code INVALID_REQUEST} if the file is no PNG
   * @throws HttpFailure 422 if it carries no text
   */
  static JsonObject fromPicture(byte[] png) {
    String text = Png.texts(png).get(Infotext.KEYWORD);
    if (text == null) {
      throw new HttpFailure(
          422,
          "NO_PARAMETERS",
          "image",
          "the PNG does not say how it was made: it has no text \"" + Infotext.KEYWORD + "\"");
    }
    return write(Infotext.parse(text).request(null));
  }
}
