package io.airbox.daemon.access;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Reads the members of a {@link StateFile}. What is missing or of another kind is damage, and never
 * a default.
 */
final class StateReader {
  private final Path file;
  private final String place;
  private final JsonNode node;

  /**
   * A reader.
   *
   * @param place where in the file, as {@code keys[2].}; empty at the top
   */
  StateReader(Path file, String place, JsonNode node) {
    this.file = file;
    this.place = place;
    this.node = node;
  }

  private JsonNode member(String name) {
    JsonNode member = node.get(name);
    if (member == null || member.isNull()) {
      throw damaged(name, "is missing");
    }
    return member;
  }

  /** Whether the member is there and not null. */
  boolean has(String name) {
    return node.hasNonNull(name);
  }

  String text(String name) {
    JsonNode member = member(name);
    if (!member.isTextual()) {
      throw damaged(name, "is not text");
    }
    return member.asText();
  }

  boolean flag(String name) {
    JsonNode member = member(name);
    if (!member.isBoolean()) {
      throw damaged(name, "is neither true nor false");
    }
    return member.asBoolean();
  }

  int integer(String name, int least, int most) {
    return Math.toIntExact(number(name, least, most));
  }

  long number(String name, long least, long most) {
    JsonNode member = member(name);
    if (!member.isIntegralNumber() || !member.canConvertToLong()) {
      throw damaged(name, "is not a whole number");
    }
    long value = member.asLong();
    if (value < least || value > most) {
      throw damaged(name, "is " + value + ", not " + least + "…" + most);
    }
    return value;
  }

  Instant time(String name) {
    try {
      return Instant.parse(text(name));
    } catch (DateTimeException wrong) {
      throw damaged(name, "is not a time");
    }
  }

  LocalDate day(String name) {
    try {
      return LocalDate.parse(text(name));
    } catch (DateTimeException wrong) {
      throw damaged(name, "is not a day");
    }
  }

  byte[] bytes(String name, int least, int most) {
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(text(name));
    } catch (IllegalArgumentException wrong) {
      throw damaged(name, "is not base64url");
    }
    if (bytes.length < least || bytes.length > most) {
      throw damaged(name, "has " + bytes.length + " bytes, not " + least + "…" + most);
    }
    return bytes;
  }

  Role role(String name) {
    Optional<Role> role = Role.of(text(name));
    if (role.isEmpty() || role.get() == Role.GUEST) {
      throw damaged(name, "is not a role of a key");
    }
    return role.get();
  }

  StateReader object(String name) {
    return new StateReader(file, place + name + ".", member(name));
  }

  List<StateReader> list(String name) {
    JsonNode member = member(name);
    if (!member.isArray()) {
      throw damaged(name, "is not a list");
    }
    List<StateReader> list = new ArrayList<>();
    for (JsonNode element : member) {
      list.add(new StateReader(file, place + name + "[" + list.size() + "].", element));
    }
    return list;
  }

  AccessException damaged(String name, String flaw) {
    return StateFile.damaged(file, place + name + " " + flaw);
  }
}
