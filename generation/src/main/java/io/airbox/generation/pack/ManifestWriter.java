package io.airbox.generation.pack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbox.generation.image.LatentPreview;
import io.airbox.generation.pack.PackManifest.EngineFiles;
import io.airbox.generation.pack.PackManifest.NetworkFile;
import io.airbox.generation.pack.PackManifest.PackFile;
import io.airbox.generation.pack.PackManifest.Preset;
import io.airbox.generation.pack.PackManifest.Role;
import io.airbox.generation.pack.PackManifest.SelfTest;
import io.airbox.generation.pack.PackManifest.Size;
import io.airbox.generation.pack.PackManifest.Text;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** Writes a {@code pack.json} that {@link ManifestReader} reads back as the same manifest. */
public final class ManifestWriter {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final ObjectWriter PRETTY =
      MAPPER.writer(
          new DefaultPrettyPrinter(
              Separators.createDefaultInstance()
                  .withObjectFieldValueSpacing(Separators.Spacing.AFTER)));

  private ManifestWriter() {}

  /** The text of a manifest, indented, with a line feed at the end. */
  public static String write(PackManifest pack) {
    ObjectNode root = MAPPER.createObjectNode();
    root.put("format", PackManifest.FORMAT);
    root.put("name", pack.name());
    root.put("version", pack.version());
    root.put("title", pack.title());
    root.put("description", pack.description());
    root.put("family", "sd15");
    ObjectNode licence = root.putObject("licence");
    licence.put("spdx", pack.licence().spdx());
    if (pack.licence().notice() != null) {
      licence.put("notice", pack.licence().notice());
    }
    licence.put("commercial", pack.licence().commercial());
    text(root.putObject("text"), pack.text());
    latent(root.putObject("latent"), pack.latent());
    ObjectNode schedule = root.putObject("schedule");
    schedule.put("train_steps", pack.schedule().trainSteps());
    schedule.put("beta_start", pack.schedule().betaStart());
    schedule.put("beta_end", pack.schedule().betaEnd());
    schedule.put("betas", pack.schedule().betas().id());
    schedule.put("prediction", pack.schedule().prediction().id());
    ObjectNode guidance = root.putObject("guidance");
    guidance.put("mode", pack.guidance().mode().name().toLowerCase(Locale.ROOT));
    guidance.put("batch", pack.guidance().batch());
    ArrayNode sizes = root.putArray("sizes");
    pack.sizes().forEach(size -> size(sizes.addObject(), size));
    ArrayNode presets = root.putArray("presets");
    pack.presets().forEach(preset -> preset(presets.addObject(), preset));
    ObjectNode engines = root.putObject("engines");
    new TreeMap<>(pack.engines()).forEach((id, files) -> engine(engines.putObject(id), files));
    if (pack.selfTest() != null) {
      selfTest(root.putObject("self_test"), pack.selfTest());
    }
    if (pack.vocabulary() != null) {
      file(root.putObject("vocabulary"), pack.vocabulary());
    }
    return write(root);
  }

  /** Lays out a manifest's tree. */
  public static String write(ObjectNode root) {
    try {
      return PRETTY.writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of plain values can always be written", e);
    }
  }

  private static void text(ObjectNode node, Text text) {
    file(node.putObject("tokenizer"), text.tokenizer());
    node.put("length", text.length());
    node.put("width", text.width());
    node.put("begin", text.begin());
    node.put("end", text.end());
    node.put("pad", text.pad());
    node.put("max_chunks", text.maxChunks());
    node.put("weighting", text.weighting());
  }

  private static void latent(ObjectNode node, PackManifest.Latent latent) {
    node.put("channels", latent.channels());
    node.put("downscale", latent.downscale());
    node.put("scale", latent.scale());
    node.put("shift", latent.shift());
    LatentPreview look = latent.preview();
    if (look != null) {
      ObjectNode preview = node.putObject("preview");
      ArrayNode matrix = preview.putArray("matrix");
      look.matrix().forEach(row -> numbers(matrix.addArray(), row));
      numbers(preview.putArray("bias"), look.bias());
    }
  }

  private static void numbers(ArrayNode node, List<Double> values) {
    values.forEach(value -> node.add(value));
  }

  private static void size(ObjectNode node, Size size) {
    node.put("width", size.width());
    node.put("height", size.height());
  }

  private static void preset(ObjectNode node, Preset preset) {
    node.put("id", preset.id());
    ObjectNode title = node.putObject("title");
    new TreeMap<>(preset.title()).forEach(title::put);
    node.put("sampler", preset.sampler().id());
    node.put("spacing", preset.spacing().id());
    ObjectNode steps = node.putObject("steps");
    steps.put("default", preset.steps().preferred());
    steps.put("min", preset.steps().min());
    steps.put("max", preset.steps().max());
    ObjectNode cfg = node.putObject("cfg");
    cfg.put("default", preset.cfg().preferred());
    cfg.put("min", preset.cfg().min());
    cfg.put("max", preset.cfg().max());
    node.put("negative", preset.negative());
  }

  private static void engine(ObjectNode node, EngineFiles files) {
    if (!files.compiler().isEmpty()) {
      node.put("compiler", files.compiler());
    }
    ObjectNode roles = node.putObject("roles");
    for (Role role : Role.values()) {
      NetworkFile network = files.roles().get(role);
      if (network == null) {
        continue;
      }
      ObjectNode entry = roles.putObject(role.id());
      file(entry, network.main());
      if (!network.data().isEmpty()) {
        ArrayNode data = entry.putArray("data");
        network.data().forEach(file -> file(data.addObject(), file));
      }
      if (network.memory() > 0) {
        entry.put("memory", network.memory());
      }
    }
  }

  private static void selfTest(ObjectNode node, SelfTest test) {
    node.put("prompt", test.prompt());
    node.put("seed", test.seed());
    node.put("preset", test.preset());
    node.put("steps", test.steps());
    size(node, test.size());
    node.put("fingerprint", test.fingerprint().toString());
    node.put("tolerance", test.tolerance());
  }

  private static void file(ObjectNode node, PackFile file) {
    node.put("file", file.file());
    node.put("sha256", file.sha256());
    node.put("bytes", file.bytes());
  }
}
