package io.airbox.daemon.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.airbox.generation.ClosestName;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.jackson.JacksonCodec;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a JSON request body, read one by one with precise complaints. A field that is
 * absent or null reads as null.
 */
final class Fields {
  /** No comments, no field twice: which of two values was meant is not ours to guess. */
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /** What a parser's message says to the one who programs it. */
  private static final Pattern OF_THE_PARSER =
      Pattern.compile(
          " \\(start marker.*|: enable `.*|, from `[^`]*`|\\s*\\(maybe a \\(non-standard.*");

  private final JsonObject object;

  private Fields(JsonObject object) {
    this.object = object;
  }

  /**
   * Parses a body that has to be a JSON object with no other fields than the known ones.
   *
   * @throws HttpFailure 400 saying where the JSON breaks off or which field is unknown
   */
  static Fields parse(Buffer body, Set<String> known) {
    return of(read(body), known);
  }

  /**
   * Parses a body that has to be a JSON object; what nobody asks for in it is ignored.
   *
   * @throws HttpFailure 400 saying where the JSON breaks off
   */
  static Fields parseLeniently(Buffer body) {
    return any(read(body));
  }

  /** Fields of an object in which anything may be. */
  static Fields any(JsonObject object) {
    return new Fields(object);
  }

  /**
   * Fields that came in another form.
   *
   * @throws HttpFailure 400 saying which is not known
   */
  static Fields of(JsonObject object, Set<String> known) {
    for (String name : object.fieldNames()) {
      if (!known.contains(name)) {
        throw new HttpFailure(
            400,
            "UNKNOWN_FIELD",
            shortened(name),
            shortened(name) + ": unknown field." + ClosestName.hint(name, known));
      }
    }
    return new Fields(object);
  }

  private static JsonObject read(Buffer body) {
    Object value;
    try {
      if (body.length() == 0) {
        throw HttpFailure.invalid(null, "the body is empty; send a JSON object");
      }
      value = JacksonCodec.fromParser(JSON.createParser(body.getBytes()), Object.class);
    } catch (IOException | DecodeException e) {
      throw HttpFailure.invalid(null, "the body is not JSON: " + reason(e));
    }
    if (!(value instanceof JsonObject object)) {
      throw HttpFailure.invalid(null, "the body has to be a JSON object, it is " + describe(value));
    }
    return object;
  }

  private static String reason(Exception e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    if (cause instanceof JsonProcessingException json) {
      String place =
          json.getLocation() == null
              ? ""
              : " at line "
                  + json.getLocation().getLineNr()
                  + ", column "
                  + json.getLocation().getColumnNr();
      String message = json.getOriginalMessage();
      return OF_THE_PARSER.matcher(message).replaceFirst("") + place;
    }
    return String.valueOf(e.getMessage());
  }

  /** All of it. */
  JsonObject json() {
    return object;
  }

  /** Whether the field is there, if only as null. */
  boolean mentions(String name) {
    return object.containsKey(name);
  }

  /** Whether the field is there and not null. */
  boolean has(String name) {
    return object.getValue(name) != null;
  }

  /** A text that has to be there and not blank. */
  String required(String name, int maxLength) {
    String text = text(name, maxLength);
    if (text == null) {
      throw HttpFailure.invalid(name, name + ": is missing");
    }
    if (text.isBlank()) {
      throw HttpFailure.invalid(name, name + ": is empty; say what to draw");
    }
    return text;
  }

  @Nullable String text(String name, int maxLength) {
    Object value = object.getValue(name);
    if (value == null) {
      return null;
    }
    if (!(value instanceof String text)) {
      throw wrongType(name, "a text", value);
    }
    if (text.length() > maxLength) {
      throw HttpFailure.invalid(
          name,
          name + ": is " + text.length() + " characters long, at most " + maxLength + " are read");
    }
    return text;
  }

  @Nullable Integer integer(String name) {
    Long value = whole(name);
    if (value == null) {
      return null;
    }
    if (value != value.intValue()) {
      throw HttpFailure.invalid(name, name + ": " + value + " is out of range");
    }
    return value.intValue();
  }

  @Nullable Long whole(String name) {
    Object value = object.getValue(name);
    if (value == null) {
      return null;
    }
    if (value instanceof Integer || value instanceof Long) {
      return ((Number) value).longValue();
    }
    if (value instanceof BigInteger) {
      throw HttpFailure.invalid(
          name, name + ": " + shortened(value.toString()) + " is out of range");
    }
    if (value instanceof Number number) {
      double real = number.doubleValue();
      if (real == Math.rint(real) && Math.abs(real) < 1L << 53) {
        return (long) real;
      }
    }
    throw wrongType(name, "a whole number", value);
  }

  @Nullable Double number(String name) {
    Object value = object.getValue(name);
    if (value == null) {
      return null;
    }
    if (!(value instanceof Number number)) {
      throw wrongType(name, "a number", value);
    }
    if (!Double.isFinite(number.doubleValue())) {
      throw HttpFailure.invalid(name, name + ": is out of range");
    }
    return number.doubleValue();
  }

  boolean flag(String name, boolean absent) {
    Object value = object.getValue(name);
    if (value == null) {
      return absent;
    }
    if (!(value instanceof Boolean flag)) {
      throw wrongType(name, "true or false", value);
    }
    return flag;
  }

  /** A list of texts. */
  @Nullable List<String> texts(String name, int maxLength) {
    Object value = object.getValue(name);
    if (value == null) {
      return null;
    }
    if (!(value instanceof JsonArray array)) {
      throw wrongType(name, "a list of texts", value);
    }
    List<String> texts = new ArrayList<>();
    for (Object each : array) {
      if (!(each instanceof String text) || text.length() > maxLength) {
        throw wrongType(name, "a list of texts of at most " + maxLength + " characters", array);
      }
      texts.add(text);
    }
    return texts;
  }

  @Nullable JsonObject object(String name) {
    Object value = object.getValue(name);
    if (value == null) {
      return null;
    }
    if (!(value instanceof JsonObject nested)) {
      throw wrongType(name, "an object", value);
    }
    return nested;
  }

  private static HttpFailure wrongType(String name, String wanted, Object value) {
    return HttpFailure.invalid(name, name + ": has to be " + wanted + ", it is " + describe(value));
  }

  private static String describe(@Nullable Object value) {
    if (value == null) {
      return "null";
    }
    if (value instanceof String text) {
      return "the text \"" + shortened(text) + "\"";
    }
    if (value instanceof JsonArray) {
      return "a list";
    }
    return value instanceof JsonObject ? "an object" : shortened(value.toString());
  }

  static String shortened(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }
}
