package io.airbox.daemon.access;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbox.daemon.access.AccessException.Reason;
import io.airbox.daemon.storage.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** A JSON file that is always whole: the state before a change, or after it. */
final class StateFile {
  private static final int VERSION = 1;
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .build();

  private final Path path;
  private final Disk disk;

  StateFile(Path path, Disk disk) {
    this.path = path;
    this.disk = disk;
  }

  Path path() {
    return path;
  }

  static ObjectNode content() {
    return JSON.createObjectNode().put("version", VERSION);
  }

  /**
   * Reads the file, and removes what a crash left half written beside it.
   *
   * @return empty when there is no such file
   * @throws AccessException {@code DAMAGED}, {@code STORAGE_FAULT}
   */
  Optional<StateReader> read() {
    JsonNode root;
    try {
      Files.deleteIfExists(path.resolveSibling(path.getFileName() + DurableFiles.UNFINISHED));
      root = JSON.readTree(Files.readAllBytes(path));
    } catch (NoSuchFileException none) {
      return Optional.empty();
    } catch (JsonProcessingException wrong) {
      // its own message quotes the content
      throw damaged(path, "it is not JSON at line " + line(wrong));
    } catch (IOException failure) {
      throw AccessException.file(
          Reason.STORAGE_FAULT, path + " cannot be read: " + failure, failure);
    }
    StateReader reader = new StateReader(path, "", root);
    int version = reader.integer("version", 1, Integer.MAX_VALUE);
    if (version != VERSION) {
      throw damaged(path, "its version is " + version + ", this program knows " + VERSION);
    }
    return Optional.of(reader);
  }

  private static int line(JsonProcessingException wrong) {
    return wrong.getLocation() == null ? 1 : wrong.getLocation().getLineNr();
  }

  /**
   * Puts the file in the place of the one before it; it is on the disk when this returns.
   *
   * @throws AccessException {@code STORAGE_FAULT}; the file is most likely the one before
   */
  void write(ObjectNode content) {
    try {
      disk.replace(path, JSON.writeValueAsBytes(content));
    } catch (IOException failure) {
      throw AccessException.file(
          Reason.STORAGE_FAULT, path + " cannot be written: " + failure, failure);
    }
  }

  static AccessException damaged(Path path, String flaw) {
    return AccessException.file(
        Reason.DAMAGED, path + " is damaged: " + flaw + "; put it back from a copy", null);
  }
}
