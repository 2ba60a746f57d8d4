package io.airbox.ota.document;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.airbox.ota.UpdateException;
import io.airbox.ota.UpdateException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes records as JSON. A member that is unknown, doubled, of another type or, where it
 * has to be there, missing, is an error that names its place as a JSON pointer.
 */
public final class StrictJson {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .withCoercionConfigDefaults(
              config -> {
                config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
                config.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
                config.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
                config.setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail);
              })
          .build();

  private StrictJson() {}

  /**
   * Reads a document.
   *
   * @param what what it is, for messages: {@code the release}
   * @param longest most bytes that it may have; a longer one is not looked at
   * @throws UpdateException {@code MALFORMED}, or what the record itself refuses
   */
  public static <T> T read(byte[] json, Class<T> type, String what, int longest) {
    if (json.length > longest) {
      throw malformed(
          what + " has " + json.length + " bytes; " + longest + " are the most that it may have",
          null);
    }
    try {
      T document = MAPPER.readValue(json, type);
      if (document == null) {
        throw malformed(what + " is null", null);
      }
      return document;
    } catch (JsonProcessingException e) {
      if (e instanceof ValueInstantiationException && e.getCause() instanceof UpdateException own) {
        throw own;
      }
      throw malformed(what + place(e) + ": " + problem(e), e);
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot be read", e);
    }
  }

  private static String problem(JsonProcessingException e) {
    if (e instanceof UnrecognizedPropertyException unknown) {
      return "there is no member "
          + unknown.getPropertyName()
          + "; there are "
          + String.join(", ", unknown.getKnownPropertyIds().stream().map(String::valueOf).toList());
    }
    return e.getOriginalMessage().startsWith("Cannot map `null`")
        ? "a number is missing"
        : e.getOriginalMessage();
  }

  private static String place(JsonProcessingException e) {
    String pointer =
        e instanceof JsonMappingException mapping
            ? mapping.getPath().stream()
                .map(
                    step ->
                        "/" + (step.getFieldName() == null ? step.getIndex() : step.getFieldName()))
                .collect(Collectors.joining())
            : "";
    String at =
        e.getLocation() == null
            ? ""
            : " line " + e.getLocation().getLineNr() + " column " + e.getLocation().getColumnNr();
    return pointer.isEmpty() ? at : at + " at " + pointer;
  }

  /** Writes a document for people, in UTF-8. */
  public static byte[] write(Object document) {
    try {
      return MAPPER.writer().with(SerializationFeature.INDENT_OUTPUT).writeValueAsBytes(document);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not a document: " + document.getClass(), e);
    }
  }

  /** The value of a member that has to be there. */
  public static <T> T required(@Nullable T value, String pointer) {
    if (value == null) {
      throw malformed(pointer + " is missing", null);
    }
    return value;
  }

  /** Refuses a member's value unless it holds. */
  public static void require(boolean holds, String pointer, @Nullable Object value, String rule) {
    if (!holds) {
      throw malformed(pointer + " " + rule + ", is " + value, null);
    }
  }

  private static UpdateException malformed(String message, @Nullable Throwable cause) {
    return new UpdateException(Reason.MALFORMED, message, cause);
  }
}
