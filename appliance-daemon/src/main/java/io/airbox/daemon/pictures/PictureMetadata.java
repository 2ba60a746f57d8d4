package io.airbox.daemon.pictures;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbox.generation.GenerationSettings;
import io.airbox.generation.random.NoiseKind;
import io.airbox.generation.sampling.SamplerKind;
import io.airbox.generation.sampling.Spacing;
import io.airbox.power.energy.Energy;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads and writes the metadata file of a picture. It is the one source of truth about a picture:
 * the text inside the PNG is for whoever downloads it and does not say whose it is.
 */
final class PictureMetadata {
  private static final int VERSION = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  private PictureMetadata() {}

  static byte[] write(StoredPicture picture) {
    ObjectNode root = JSON.createObjectNode();
    root.put("version", VERSION);
    root.put("id", picture.id());
    root.put("job", picture.job());
    root.put("owner", picture.owner());
    root.put("created", picture.created().toString());
    root.put("bytes", picture.bytes());
    root.put("width", picture.width());
    root.put("height", picture.height());
    root.put("engine", picture.engine());
    root.put("pack_digest", picture.packDigest());
    root.put("seconds", picture.seconds());
    ObjectNode energy = root.putObject("energy");
    picture.energy().ifPresent(took -> energy.put("joules", took.joules()));
    picture.energy().ifPresent(took -> energy.put("watts", took.watts()));
    ArrayNode warnings = root.putArray("warnings");
    picture.warnings().forEach(warnings::add);
    write(picture.settings(), root.putObject("settings"));
    try {
      return JSON.writeValueAsBytes(root);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("a tree of plain values cannot be written", impossible);
    }
  }

  private static void write(GenerationSettings settings, ObjectNode node) {
    node.put("pack", settings.pack());
    node.put("pack_version", settings.packVersion());
    node.put("preset", settings.preset());
    node.put("prompt", settings.prompt());
    node.put("negative_prompt", settings.negativePrompt());
    node.put("width", settings.width());
    node.put("height", settings.height());
    node.put("steps", settings.steps());
    node.put("cfg", settings.cfg());
    node.put("sampler", settings.sampler().id());
    node.put("spacing", settings.spacing().id());
    node.put("seed", settings.seed());
    node.put("noise", settings.noise().id());
    node.put("count", settings.count());
    node.put("strength", settings.strength());
  }

  /**
   * Reads a metadata file.
   *
   * @throws IOException it is not JSON, or a member is missing or wrong; the message says which
   */
  static StoredPicture read(byte[] content) throws IOException {
    JsonNode root = JSON.readTree(content);
    int version = (int) number(root, "version");
    if (version != VERSION) {
      throw new IOException("its version is " + version + ", this program knows " + VERSION);
    }
    List<String> warnings = new ArrayList<>();
    for (JsonNode warning : member(root, "warnings")) {
      warnings.add(warning.asText());
    }
    try {
      return new StoredPicture(
          text(root, "id"),
          text(root, "job"),
          text(root, "owner"),
          Instant.parse(text(root, "created")),
          number(root, "bytes"),
          (int) number(root, "width"),
          (int) number(root, "height"),
          settings(member(root, "settings")),
          text(root, "engine"),
          text(root, "pack_digest"),
          real(root, "seconds"),
          energy(root.path("energy")),
          warnings);
    } catch (DateTimeException wrong) {
      throw new IOException("created: " + wrong.getMessage(), wrong);
    }
  }

  /** Pictures of earlier versions do not tell it. */
  private static Optional<Energy> energy(JsonNode node) throws IOException {
    return node.isEmpty()
        ? Optional.empty()
        : Optional.of(new Energy(real(node, "joules"), real(node, "watts")));
  }

  private static GenerationSettings settings(JsonNode node) throws IOException {
    return new GenerationSettings(
        text(node, "pack"),
        text(node, "pack_version"),
        text(node, "preset"),
        text(node, "prompt"),
        text(node, "negative_prompt"),
        (int) number(node, "width"),
        (int) number(node, "height"),
        (int) number(node, "steps"),
        real(node, "cfg"),
        named(node, "sampler", SamplerKind.values(), SamplerKind::id),
        named(node, "spacing", Spacing.values(), Spacing::id),
        number(node, "seed"),
        named(node, "noise", NoiseKind.values(), NoiseKind::id),
        (int) number(node, "count"),
        node.hasNonNull("strength") ? (Double) real(node, "strength") : null);
  }

  private static JsonNode member(JsonNode node, String name) throws IOException {
    JsonNode member = node.get(name);
    if (member == null || member.isNull()) {
      throw new IOException(name + " is missing");
    }
    return member;
  }

  private static String text(JsonNode node, String name) throws IOException {
    JsonNode member = member(node, name);
    if (!member.isTextual()) {
      throw new IOException(name + " is not text");
    }
    return member.asText();
  }

  private static long number(JsonNode node, String name) throws IOException {
    JsonNode member = member(node, name);
    if (!member.isIntegralNumber()) {
      throw new IOException(name + " is not a whole number");
    }
    return member.asLong();
  }

  private static double real(JsonNode node, String name) throws IOException {
    JsonNode member = member(node, name);
    if (!member.isNumber()) {
      throw new IOException(name + " is not a number");
    }
    return member.asDouble();
  }

  private static <E> E named(JsonNode node, String name, E[] values, Function<E, String> id)
      throws IOException {
    String text = text(node, name);
    for (E value : values) {
      if (id.apply(value).equals(text)) {
        return value;
      }
    }
    throw new IOException(name + ": " + text + " is unknown");
  }
}
