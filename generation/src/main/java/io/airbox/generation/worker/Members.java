package io.airbox.generation.worker;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Strict reading of a map's members: what is missing, of another type or out of range is an error
 * that names it.
 */
final class Members {
  private Members() {}

  /** Reads a part of a message. */
  @FunctionalInterface
  interface Reading<T> {
    T read(JsonNode node) throws WorkerProtocolException;
  }

  /** The elements of an array. */
  static <T> List<T> list(JsonNode node, String name, Reading<T> reading)
      throws WorkerProtocolException {
    JsonNode member = member(node, name);
    if (!member.isArray()) {
      throw new WorkerProtocolException("'" + name + "' is not a list");
    }
    List<T> list = new ArrayList<>(member.size());
    for (JsonNode element : member) {
      list.add(reading.read(element));
    }
    return List.copyOf(list);
  }

  static OptionalLong numberOrEmpty(JsonNode node, String name) throws WorkerProtocolException {
    return node.hasNonNull(name) ? OptionalLong.of(number(node, name)) : OptionalLong.empty();
  }

  static OptionalInt smallOrEmpty(JsonNode node, String name) throws WorkerProtocolException {
    return node.hasNonNull(name) ? OptionalInt.of(small(node, name)) : OptionalInt.empty();
  }

  static JsonNode member(JsonNode node, String name) throws WorkerProtocolException {
    JsonNode member = node.get(name);
    if (member == null || member.isNull()) {
      throw new WorkerProtocolException("'" + name + "' is missing");
    }
    return member;
  }

  static String text(JsonNode node, String name) throws WorkerProtocolException {
    JsonNode member = member(node, name);
    if (!member.isTextual()) {
      throw new WorkerProtocolException("'" + name + "' is not text");
    }
    return member.asText();
  }

  static @Nullable String textOrNull(JsonNode node, String name) throws WorkerProtocolException {
    return node.hasNonNull(name) ? text(node, name) : null;
  }

  static long number(JsonNode node, String name) throws WorkerProtocolException {
    JsonNode member = member(node, name);
    if (!member.isIntegralNumber() || !member.canConvertToLong()) {
      throw new WorkerProtocolException("'" + name + "' is not a whole number of 64 bits");
    }
    return member.asLong();
  }

  static int small(JsonNode node, String name) throws WorkerProtocolException {
    JsonNode member = member(node, name);
    if (!member.isIntegralNumber() || !member.canConvertToInt()) {
      throw new WorkerProtocolException("'" + name + "' is not a whole number of 32 bits");
    }
    return member.asInt();
  }

  static double real(JsonNode node, String name) throws WorkerProtocolException {
    JsonNode member = member(node, name);
    if (!member.isNumber()) {
      throw new WorkerProtocolException("'" + name + "' is not a number");
    }
    return member.asDouble();
  }

  static boolean truth(JsonNode node, String name) throws WorkerProtocolException {
    JsonNode member = member(node, name);
    if (!member.isBoolean()) {
      throw new WorkerProtocolException("'" + name + "' is not true or false");
    }
    return member.asBoolean();
  }

  static <E extends Enum<E>> E named(JsonNode node, String name, Class<E> type)
      throws WorkerProtocolException {
    String text = text(node, name);
    for (E value : type.getEnumConstants()) {
      if (value.name().equals(text)) {
        return value;
      }
    }
    throw new WorkerProtocolException("'" + name + "' is '" + text + "', which is unknown");
  }
}
