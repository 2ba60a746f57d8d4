package io.airbox.generation.pack;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.airbox.generation.ClosestName;
import io.airbox.generation.Message;
import io.airbox.generation.image.LatentPreview;
import io.airbox.generation.pack.PackManifest.EngineFiles;
import io.airbox.generation.pack.PackManifest.Guidance;
import io.airbox.generation.pack.PackManifest.GuidanceMode;
import io.airbox.generation.pack.PackManifest.IntRange;
import io.airbox.generation.pack.PackManifest.Latent;
import io.airbox.generation.pack.PackManifest.Licence;
import io.airbox.generation.pack.PackManifest.NetworkFile;
import io.airbox.generation.pack.PackManifest.PackFile;
import io.airbox.generation.pack.PackManifest.Preset;
import io.airbox.generation.pack.PackManifest.Range;
import io.airbox.generation.pack.PackManifest.Role;
import io.airbox.generation.pack.PackManifest.Schedule;
import io.airbox.generation.pack.PackManifest.SelfTest;
import io.airbox.generation.pack.PackManifest.Size;
import io.airbox.generation.pack.PackManifest.Text;
import io.airbox.generation.sampling.NoiseSchedule.Betas;
import io.airbox.generation.sampling.Prediction;
import io.airbox.generation.sampling.SamplerKind;
import io.airbox.generation.sampling.Spacing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code pack.json}, strictly: an unknown or doubled key, a wrong type or a value out of
 * range is a problem. All problems are found in one pass, each with its place, its value and what
 * is allowed. Looks at the text only, not at the files that it names.
 */
public final class ManifestReader {
  /** Longest {@code pack.json} that is read, in bytes. */
  static final int LONGEST = 1 << 20;

  /** Engines that a pack may have files for. */
  static final List<String> ENGINES = List.of("onnx", "bm1684x");

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
  private static final Pattern VERSION =
      Pattern.compile(
          "\\d{1,9}\\.\\d{1,9}\\.\\d{1,9}(-[0-9A-Za-z.-]{1,64})?(\\+[0-9A-Za-z.-]{1,64})?");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final Set<String> RESERVED_FAMILIES = Set.of("sdxl", "sd3", "flux", "llm");
  private static final int LARGEST_SIDE = 4096;
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final List<PackProblem> problems = new ArrayList<>();

  private ManifestReader() {}

  /**
   * What reading gave.
   *
   * @param manifest the manifest, null exactly when there are problems
   * @param problems everything that is wrong
   */
  public record Reading(@Nullable PackManifest manifest, List<PackProblem> problems) {
    public Reading {
      problems = List.copyOf(problems);
    }
  }

  /** Reads the bytes of a {@code pack.json}. */
  public static Reading read(byte[] json) {
    ManifestReader reader = new ManifestReader();
    @Nullable PackManifest manifest = reader.document(json);
    return reader.problems.isEmpty()
        ? new Reading(manifest, List.of())
        : new Reading(null, reader.problems);
  }

  private @Nullable PackManifest document(byte[] json) {
    JsonNode tree;
    try {
      tree = MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      var at = e.getLocation();
      String where =
          at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
      problems.add(
          new PackProblem("", "is not valid JSON" + where + ": " + e.getOriginalMessage()));
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(e); // never from a byte array
    }
    JsonFields fields = JsonFields.root(tree, problems);
    if (!fields.present()) {
      if (problems.isEmpty()) {
        problems.add(new PackProblem("", "is empty"));
      }
      return null;
    }
    if (!readable(fields)) {
      return null; // what a newer or another format means cannot be judged
    }
    return manifest(fields);
  }

  private boolean readable(JsonFields fields) {
    long format = fields.whole("format", 1, Integer.MAX_VALUE);
    if (format > PackManifest.FORMAT) {
      fields.problem(
          "format",
          "is "
              + format
              + ", this version reads up to "
              + PackManifest.FORMAT
              + "; update AirBox to use this pack");
      return false;
    }
    String family = fields.text("family", 64);
    if (RESERVED_FAMILIES.contains(family)) {
      fields.problem(
          "family", "\"" + family + "\" is reserved but not supported yet; supported is sd15");
      return false;
    }
    if (!family.equals("sd15") && fields.present() && !family.isEmpty()) {
      fields.problem(
          "family",
          "\"" + family + "\" is not one of sd15." + ClosestName.hint(family, List.of("sd15")));
    }
    return true;
  }

  private PackManifest manifest(JsonFields fields) {
    String name = fields.text("name", 200);
    if (!name.isEmpty() && !NAME.matcher(name).matches()) {
      fields.problem(
          "name",
          "\""
              + name
              + "\" must be 1…64 of a-z, 0-9, dot, _ and -, and begin with a letter or digit");
    }
    String version = fields.text("version", 200);
    if (!version.isEmpty() && !VERSION.matcher(version).matches()) {
      fields.problem("version", "\"" + version + "\" must be a semantic version such as 1.0.0");
    }
    Latent latent = latent(fields.object("latent"));
    List<Size> sizes = sizes(fields, latent);
    List<Preset> presets = presets(fields);
    PackManifest manifest =
        new PackManifest(
            name,
            version,
            fields.text("title", 200),
            fields.textOr("description", "", 2000),
            licence(fields.object("licence")),
            text(fields.object("text")),
            latent,
            schedule(fields.object("schedule")),
            guidance(fields.object("guidance")),
            sizes,
            presets,
            engines(fields.object("engines")),
            selfTest(fields.optionalObject("self_test"), sizes, presets),
            optionalFile(fields.optionalObject("vocabulary")));
    fields.noteUnknownKeys();
    return manifest;
  }

  private static Licence licence(JsonFields fields) {
    String spdx = fields.text("spdx", 200);
    @Nullable String notice = fields.has("notice") ? path(fields, "notice") : null;
    Licence licence = new Licence(spdx, notice, fields.flag("commercial"));
    fields.noteUnknownKeys();
    return licence;
  }

  private static Text text(JsonFields fields) {
    JsonFields tokenizer = fields.object("tokenizer");
    Text text =
        new Text(
            file(tokenizer),
            (int) fields.whole("length", 3, 4096),
            (int) fields.whole("width", 1, 65536),
            (int) fields.whole("begin", 0, Integer.MAX_VALUE),
            (int) fields.whole("end", 0, Integer.MAX_VALUE),
            (int) fields.whole("pad", 0, Integer.MAX_VALUE),
            (int) fields.whole("max_chunks", 1, 16),
            fields.flag("weighting"));
    tokenizer.noteUnknownKeys();
    fields.noteUnknownKeys();
    return text;
  }

  private static Latent latent(JsonFields fields) {
    int channels = (int) fields.whole("channels", 1, 64);
    int downscale = (int) fields.whole("downscale", 1, 64);
    double scale = fields.number("scale", 1e-6, 1e6);
    double shift = fields.number("shift", -1e6, 1e6);
    JsonFields look = fields.optionalObject("preview");
    @Nullable LatentPreview preview = look.present() ? preview(look, channels) : null;
    look.noteUnknownKeys();
    fields.noteUnknownKeys();
    return new Latent(channels, downscale, scale, shift, preview);
  }

  private static @Nullable LatentPreview preview(JsonFields fields, int channels) {
    List<List<Double>> matrix = fields.matrix("matrix", 3, channels);
    List<Double> bias = fields.numbers("bias", 3);
    boolean complete =
        matrix.size() == 3
            && bias.size() == 3
            && matrix.stream().allMatch(row -> row.size() == channels);
    return complete ? new LatentPreview(matrix, bias) : null;
  }

  private static Schedule schedule(JsonFields fields) {
    Schedule schedule =
        new Schedule(
            (int) fields.whole("train_steps", 2, 100_000),
            fields.number("beta_start", 1e-9, 0.999),
            fields.number("beta_end", 1e-9, 0.999),
            fields.choice("betas", List.of(Betas.values()), Betas::id),
            fields.choice("prediction", List.of(Prediction.values()), Prediction::id));
    if (schedule.betaEnd() < schedule.betaStart()) {
      fields.problem("beta_end", "must not be less than beta_start, is " + schedule.betaEnd());
    }
    fields.noteUnknownKeys();
    return schedule;
  }

  private static Guidance guidance(JsonFields fields) {
    Guidance guidance =
        new Guidance(
            fields.choice("mode", List.of(GuidanceMode.values()), ManifestReader::lowerCase),
            (int) fields.whole("batch", 1, 2));
    fields.noteUnknownKeys();
    return guidance;
  }

  private static List<Size> sizes(JsonFields fields, Latent latent) {
    List<Size> sizes = new ArrayList<>();
    for (JsonFields item : fields.objects("sizes", true)) {
      Size size = size(item);
      if (size.width() % latent.downscale() != 0 || size.height() % latent.downscale() != 0) {
        item.problem(
            "width", size + " must be multiples of /latent/downscale, " + latent.downscale());
      }
      if (sizes.contains(size)) {
        item.problem("width", size + " is listed twice");
      }
      sizes.add(size);
      item.noteUnknownKeys();
    }
    return sizes;
  }

  private static Size size(JsonFields fields) {
    return new Size(
        (int) fields.whole("width", Fingerprint.CELLS, LARGEST_SIDE),
        (int) fields.whole("height", Fingerprint.CELLS, LARGEST_SIDE));
  }

  private static List<Preset> presets(JsonFields fields) {
    List<Preset> presets = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (JsonFields item : fields.objects("presets", true)) {
      Preset preset = preset(item);
      if (!preset.id().isEmpty() && !NAME.matcher(preset.id()).matches()) {
        item.problem("id", "\"" + preset.id() + "\" must be 1…64 of a-z, 0-9, dot, _ and -");
      }
      if (!ids.add(preset.id())) {
        item.problem("id", "\"" + preset.id() + "\" is used twice");
      }
      presets.add(preset);
      item.noteUnknownKeys();
    }
    return presets;
  }

  private static Preset preset(JsonFields item) {
    SamplerKind sampler = item.choice("sampler", List.of(SamplerKind.values()), SamplerKind::id);
    Spacing spacing = item.choice("spacing", List.of(Spacing.values()), Spacing::id);
    if (!sampler.spacings().contains(spacing)) {
      item.problem(
          "spacing",
          Message.of(
              "\"%s\" does not go with sampler %s; %s",
              spacing.id(), sampler.id(), allowedSpacings(sampler)));
    }
    JsonFields steps = item.object("steps");
    JsonFields cfg = item.object("cfg");
    IntRange stepRange =
        new IntRange(
            (int) steps.whole("default", 1, 1000),
            (int) steps.whole("min", 1, 1000),
            (int) steps.whole("max", 1, 1000));
    Range cfgRange =
        new Range(
            cfg.number("default", 0, 100), cfg.number("min", 0, 100), cfg.number("max", 0, 100));
    checkOrder(steps, stepRange.min(), stepRange.preferred(), stepRange.max());
    checkOrder(cfg, cfgRange.min(), cfgRange.preferred(), cfgRange.max());
    steps.noteUnknownKeys();
    cfg.noteUnknownKeys();
    return new Preset(
        item.text("id", 200),
        title(item.object("title")),
        sampler,
        spacing,
        stepRange,
        cfgRange,
        item.flag("negative"));
  }

  private static String allowedSpacings(SamplerKind sampler) {
    return "allowed are "
        + sampler.spacings().stream().map(Spacing::id).collect(Collectors.joining(", "));
  }

  private static Map<String, String> title(JsonFields fields) {
    Map<String, String> title = new LinkedHashMap<>();
    fields.text("en", 100);
    for (String language : fields.keys()) {
      title.put(language, fields.text(language, 100));
    }
    return title;
  }

  private static void checkOrder(JsonFields range, double min, double preferred, double max) {
    if (range.present() && !(min <= preferred && preferred <= max)) {
      range.problem("default", "must lie in min…max, is " + preferred + " in " + min + "…" + max);
    }
  }

  private static Map<String, EngineFiles> engines(JsonFields fields) {
    Map<String, EngineFiles> engines = new LinkedHashMap<>();
    for (String id : ENGINES) {
      JsonFields engine = fields.optionalObject(id);
      if (!engine.present()) {
        continue;
      }
      engines.put(id, new EngineFiles(engine.textOr("compiler", "", 200), roles(engine)));
      engine.noteUnknownKeys();
    }
    if (fields.present() && fields.keys().isEmpty()) {
      fields.problem("onnx", "at least one engine is needed: " + String.join(", ", ENGINES));
    }
    fields.noteUnknownKeys();
    return engines;
  }

  private static Map<Role, NetworkFile> roles(JsonFields engine) {
    JsonFields fields = engine.object("roles");
    Map<Role, NetworkFile> roles = new LinkedHashMap<>();
    for (Role role : Role.values()) {
      JsonFields network =
          role.required() ? fields.object(role.id()) : fields.optionalObject(role.id());
      if (!network.present()) {
        continue;
      }
      List<PackFile> data = new ArrayList<>();
      for (JsonFields item : network.objects("data", false)) {
        data.add(file(item));
        item.noteUnknownKeys();
      }
      roles.put(
          role, new NetworkFile(file(network), data, network.wholeOr("memory", 0, 0, 1L << 44)));
      network.noteUnknownKeys();
    }
    fields.noteUnknownKeys();
    return roles;
  }

  private static @Nullable PackFile optionalFile(JsonFields fields) {
    if (!fields.present()) {
      return null;
    }
    PackFile file = file(fields);
    fields.noteUnknownKeys();
    return file;
  }

  private static PackFile file(JsonFields fields) {
    String file = path(fields, "file");
    String sha256 = fields.text("sha256", 200);
    if (!sha256.isEmpty() && !SHA256.matcher(sha256).matches()) {
      fields.problem("sha256", "must be 64 lower-case hex digits, is \"" + sha256 + "\"");
    }
    return new PackFile(file, sha256, fields.whole("bytes", 1, 1L << 44));
  }

  private static String path(JsonFields fields, String key) {
    String path = fields.text(key, 255);
    if (fields.present() && !path.isEmpty() && !isInside(path)) {
      fields.problem(
          key,
          "\"" + path + "\" must be a path inside the pack: relative, with /, without . and ..");
    }
    return path;
  }

  private static boolean isInside(String path) {
    if (path.indexOf('\\') >= 0 || path.indexOf(':') >= 0 || path.indexOf('\0') >= 0) {
      return false;
    }
    for (String part : path.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable SelfTest selfTest(
      JsonFields fields, List<Size> sizes, List<Preset> presets) {
    if (!fields.present()) {
      return null;
    }
    String preset = fields.text("preset", 200);
    List<String> ids = presets.stream().map(Preset::id).toList();
    if (!ids.contains(preset)) {
      fields.problem(
          "preset",
          Message.of(
              "\"%s\" is not one of %s.%s",
              preset, String.join(", ", ids), ClosestName.hint(preset, ids)));
    }
    Size size = size(fields);
    if (!sizes.contains(size)) {
      fields.problem("width", size + " is not one of /sizes");
    }
    @Nullable Fingerprint fingerprint = fingerprint(fields);
    String prompt = fields.text("prompt", 1000);
    long seed = fields.whole("seed", 0, 4294967294L);
    int steps = (int) fields.whole("steps", 1, 1000);
    double tolerance = fields.number("tolerance", 0, 255);
    fields.noteUnknownKeys();
    return fingerprint == null
        ? null
        : new SelfTest(prompt, seed, preset, steps, size, fingerprint, tolerance);
  }

  private static @Nullable Fingerprint fingerprint(JsonFields fields) {
    String text = fields.text("fingerprint", 1000);
    try {
      return Fingerprint.parse(text);
    } catch (IllegalArgumentException e) {
      fields.problem("fingerprint", "must be base64 of 192 bytes: " + e.getMessage());
      return null;
    }
  }

  private static String lowerCase(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
