package io.airbox.generation.worker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.airbox.generation.GeneratedPicture;
import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationListener;
import io.airbox.generation.GenerationSettings;
import io.airbox.generation.image.RgbImage;
import io.airbox.generation.random.NoiseKind;
import io.airbox.generation.sampling.SamplerKind;
import io.airbox.generation.sampling.Spacing;
import io.airbox.generation.worker.WorkerMessage.Cancel;
import io.airbox.generation.worker.WorkerMessage.Cancelled;
import io.airbox.generation.worker.WorkerMessage.Completed;
import io.airbox.generation.worker.WorkerMessage.Failed;
import io.airbox.generation.worker.WorkerMessage.Generate;
import io.airbox.generation.worker.WorkerMessage.Hello;
import io.airbox.generation.worker.WorkerMessage.Load;
import io.airbox.generation.worker.WorkerMessage.Memory;
import io.airbox.generation.worker.WorkerMessage.Pace;
import io.airbox.generation.worker.WorkerMessage.PictureDone;
import io.airbox.generation.worker.WorkerMessage.Pin;
import io.airbox.generation.worker.WorkerMessage.Ping;
import io.airbox.generation.worker.WorkerMessage.Pong;
import io.airbox.generation.worker.WorkerMessage.Retiring;
import io.airbox.generation.worker.WorkerMessage.Shutdown;
import io.airbox.generation.worker.WorkerMessage.StageBegun;
import io.airbox.generation.worker.WorkerMessage.StepDone;
import io.airbox.generation.worker.WorkerMessage.Unable;
import io.airbox.generation.worker.WorkerMessage.Unload;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Messages as CBOR: a map whose {@code type} names the message. Reading is strict: an unknown type,
 * a missing member, one of the wrong type or one out of range is an error that names it. Written by
 * hand, for a child process that starts often should not wait for reflection. Thread-safe.
 */
final class MessageCodec {
  private static final ObjectMapper CBOR =
      new ObjectMapper(new CBORFactory()).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private MessageCodec() {}

  static byte[] write(WorkerMessage message) {
    ObjectNode node = CBOR.createObjectNode();
    if (message instanceof Generate m) {
      request(node, "generate", m.id()).set("settings", settings(m.settings()));
      image(node, "image", m.image());
      node.put("preview", m.preview());
    } else if (message instanceof Cancel m) {
      request(node, "cancel", m.id());
    } else if (message instanceof Load m) {
      request(node, "load", m.id()).put("pack", m.pack());
    } else if (message instanceof Unload m) {
      request(node, "unload", m.id()).put("pack", m.pack());
    } else if (message instanceof Pin m) {
      request(node, "pin", m.id()).put("pack", m.pack()).put("pinned", m.pinned());
    } else if (message instanceof Pace m) {
      node.put("type", "pace").put("restMillis", m.restMillis());
    } else if (message instanceof Ping m) {
      node.put("type", "ping").put("number", m.number());
    } else if (message instanceof Shutdown) {
      node.put("type", "shutdown");
    } else if (message instanceof Hello m) {
      node.put("type", "hello").put("protocol", m.protocol()).put("engine", m.engine());
      node.put("description", m.description()).put("pid", m.pid());
    } else if (message instanceof Unable m) {
      node.put("type", "unable").put("reason", m.reason().name()).put("message", m.message());
    } else if (message instanceof StageBegun m) {
      request(node, "stage", m.id()).put("picture", m.picture()).put("stage", m.stage().name());
    } else if (message instanceof StepDone m) {
      request(node, "step", m.id()).put("picture", m.picture());
      node.put("step", m.step()).put("steps", m.steps());
      image(node, "preview", m.preview());
    } else if (message instanceof PictureDone m) {
      request(node, "picture", m.id()).put("index", m.index());
      node.set("picture", picture(m.picture()));
    } else if (message instanceof Completed m) {
      request(node, "completed", m.id());
    } else if (message instanceof Cancelled m) {
      request(node, "cancelled", m.id());
    } else if (message instanceof Failed m) {
      request(node, "failed", m.id()).put("reason", m.reason().name());
      node.put("field", m.field()).put("message", m.message());
    } else if (message instanceof Memory m) {
      node.put("type", "memory").set("report", MemoryReportCodec.write(m.report()));
    } else if (message instanceof Retiring m) {
      node.put("type", "retiring").put("reason", m.reason());
    } else if (message instanceof Pong m) {
      node.put("type", "pong").put("number", m.number());
    }
    try {
      return CBOR.writeValueAsBytes(node);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("a tree of plain values cannot be written", impossible);
    }
  }

  private static ObjectNode request(ObjectNode node, String type, long id) {
    return node.put("type", type).put("id", id);
  }

  private static void image(ObjectNode node, String name, @Nullable RgbImage image) {
    if (image == null) {
      node.putNull(name);
    } else {
      node.set(name, image(image));
    }
  }

  private static ObjectNode image(RgbImage image) {
    return CBOR.createObjectNode()
        .put("width", image.width())
        .put("height", image.height())
        .put("rgb", image.rgb());
  }

  private static ObjectNode settings(GenerationSettings settings) {
    return CBOR.createObjectNode()
        .put("pack", settings.pack())
        .put("packVersion", settings.packVersion())
        .put("preset", settings.preset())
        .put("prompt", settings.prompt())
        .put("negativePrompt", settings.negativePrompt())
        .put("width", settings.width())
        .put("height", settings.height())
        .put("steps", settings.steps())
        .put("cfg", settings.cfg())
        .put("sampler", settings.sampler().name())
        .put("spacing", settings.spacing().name())
        .put("seed", settings.seed())
        .put("noise", settings.noise().name())
        .put("count", settings.count())
        .put("strength", settings.strength());
  }

  private static ObjectNode picture(GeneratedPicture picture) {
    ObjectNode node = CBOR.createObjectNode();
    node.set("image", image(picture.image()));
    node.set("settings", settings(picture.settings()));
    node.put("engine", picture.engine()).put("packDigest", picture.packDigest());
    ArrayNode warnings = node.putArray("warnings");
    picture.warnings().forEach(warnings::add);
    GeneratedPicture.Timings timings = picture.timings();
    node.putObject("timings")
        .put("text", timings.text())
        .put("denoise", timings.denoise())
        .put("decode", timings.decode())
        .put("total", timings.total())
        .put("network", timings.network())
        .put("steps", timings.steps());
    return node;
  }

  /**
   * Reads a message.
   *
   * @throws WorkerProtocolException it is not one
   */
  static WorkerMessage read(byte[] frame) throws WorkerProtocolException {
    JsonNode node;
    try {
      node = CBOR.readTree(frame);
    } catch (IOException notCbor) {
      throw new WorkerProtocolException("a frame is not CBOR: " + notCbor.getMessage(), notCbor);
    }
    if (!node.isObject()) {
      throw new WorkerProtocolException("a frame is not a map");
    }
    String type = Members.text(node, "type");
    return switch (type) {
      case "generate" ->
          new Generate(
              Members.number(node, "id"),
              readSettings(Members.member(node, "settings")),
              readImageOrNull(node, "image"),
              Members.truth(node, "preview"));
      case "cancel" -> new Cancel(Members.number(node, "id"));
      case "load" -> new Load(Members.number(node, "id"), Members.text(node, "pack"));
      case "unload" -> new Unload(Members.number(node, "id"), Members.text(node, "pack"));
      case "pin" ->
          new Pin(
              Members.number(node, "id"),
              Members.text(node, "pack"),
              Members.truth(node, "pinned"));
      case "pace" -> new Pace(Members.number(node, "restMillis"));
      case "ping" -> new Ping(Members.number(node, "number"));
      case "shutdown" -> new Shutdown();
      case "hello" ->
          new Hello(
              Members.small(node, "protocol"),
              Members.text(node, "engine"),
              Members.text(node, "description"),
              Members.number(node, "pid"));
      case "unable" ->
          new Unable(
              Members.named(node, "reason", GenerationException.Reason.class),
              Members.text(node, "message"));
      case "stage" ->
          new StageBegun(
              Members.number(node, "id"),
              Members.small(node, "picture"),
              Members.named(node, "stage", GenerationListener.Stage.class));
      case "step" ->
          new StepDone(
              Members.number(node, "id"),
              Members.small(node, "picture"),
              Members.small(node, "step"),
              Members.small(node, "steps"),
              readImageOrNull(node, "preview"));
      case "picture" ->
          new PictureDone(
              Members.number(node, "id"),
              Members.small(node, "index"),
              readPicture(Members.member(node, "picture")));
      case "completed" -> new Completed(Members.number(node, "id"));
      case "cancelled" -> new Cancelled(Members.number(node, "id"));
      case "failed" ->
          new Failed(
              Members.number(node, "id"),
              Members.named(node, "reason", GenerationException.Reason.class),
              Members.textOrNull(node, "field"),
              Members.text(node, "message"));
      case "memory" -> new Memory(MemoryReportCodec.read(Members.member(node, "report")));
      case "retiring" -> new Retiring(Members.text(node, "reason"));
      case "pong" -> new Pong(Members.number(node, "number"));
      default -> throw new WorkerProtocolException("unknown message type '" + type + "'");
    };
  }

  private static GenerationSettings readSettings(JsonNode node) throws WorkerProtocolException {
    return new GenerationSettings(
        Members.text(node, "pack"),
        Members.text(node, "packVersion"),
        Members.text(node, "preset"),
        Members.text(node, "prompt"),
        Members.text(node, "negativePrompt"),
        Members.small(node, "width"),
        Members.small(node, "height"),
        Members.small(node, "steps"),
        Members.real(node, "cfg"),
        Members.named(node, "sampler", SamplerKind.class),
        Members.named(node, "spacing", Spacing.class),
        Members.number(node, "seed"),
        Members.named(node, "noise", NoiseKind.class),
        Members.small(node, "count"),
        node.hasNonNull("strength") ? (Double) Members.real(node, "strength") : null);
  }

  private static GeneratedPicture readPicture(JsonNode node) throws WorkerProtocolException {
    List<String> warnings = Members.list(node, "warnings", MessageCodec::readWarning);
    JsonNode timings = Members.member(node, "timings");
    return new GeneratedPicture(
        readImage(Members.member(node, "image")),
        readSettings(Members.member(node, "settings")),
        Members.text(node, "engine"),
        Members.text(node, "packDigest"),
        warnings,
        new GeneratedPicture.Timings(
            Members.number(timings, "text"),
            Members.number(timings, "denoise"),
            Members.number(timings, "decode"),
            Members.number(timings, "total"),
            Members.number(timings, "network"),
            Members.small(timings, "steps")));
  }

  private static String readWarning(JsonNode warning) throws WorkerProtocolException {
    if (!warning.isTextual()) {
      throw new WorkerProtocolException("a warning is not text");
    }
    return warning.asText();
  }

  private static @Nullable RgbImage readImageOrNull(JsonNode node, String name)
      throws WorkerProtocolException {
    return node.hasNonNull(name) ? readImage(Members.member(node, name)) : null;
  }

  private static RgbImage readImage(JsonNode node) throws WorkerProtocolException {
    JsonNode rgb = Members.member(node, "rgb");
    if (!rgb.isBinary()) {
      throw new WorkerProtocolException("'rgb' is not bytes");
    }
    try {
      return new RgbImage(
          Members.small(node, "width"), Members.small(node, "height"), rgb.binaryValue());
    } catch (IllegalArgumentException | ArithmeticException | IOException wrong) {
      throw new WorkerProtocolException("a picture is wrong: " + wrong.getMessage(), wrong);
    }
  }
}
