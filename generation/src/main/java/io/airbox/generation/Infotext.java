package io.airbox.generation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.airbox.generation.image.RgbImage;
import io.airbox.generation.random.NoiseKind;
import io.airbox.generation.sampling.SamplerName;
import io.airbox.generation.sampling.Spacing;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The text in which a picture says how it was made, in the form of A1111: the prompt; a line that
 * begins with {@code Negative prompt:}; one line of {@code Key: value} pairs. It goes into the PNG
 * under {@link #KEYWORD}.
 *
 * <p>Ours adds pairs to A1111's, so that {@link #settings} gives back exactly what went in. A
 * prompt that this form would bend (line ends, spaces at its ends, a line that looks like another
 * part) is also carried quoted, and the quoted one counts.
 *
 * @param prompt the prompt
 * @param negativePrompt the negative prompt, empty if none
 * @param parameters the pairs in order, values without quotes
 */
public record Infotext(String prompt, String negativePrompt, Map<String, String> parameters) {
  /** Keyword of the PNG chunk. */
  public static final String KEYWORD = "parameters";

  private static final String NEGATIVE = "Negative prompt:";
  private static final int LEAST_PAIRS = 3;
  private static final int LONGEST_KEY = 64;
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String STEPS = "Steps";
  private static final String SAMPLER = "Sampler";
  private static final String SCHEDULE = "Schedule type";
  private static final String CFG = "CFG scale";
  private static final String SEED = "Seed";
  private static final String SIZE = "Size";
  private static final String MODEL_HASH = "Model hash";
  private static final String MODEL = "Model";
  private static final String STRENGTH = "Denoising strength";
  private static final String RNG = "RNG";
  private static final String PACK_VERSION = "Pack version";
  private static final String PRESET = "Preset";
  private static final String ENGINE = "Engine";
  private static final String PACK_DIGEST = "Pack digest";
  private static final String EXACT_PROMPT = "Exact prompt";
  private static final String EXACT_NEGATIVE = "Exact negative prompt";
  private static final int SHORT_HASH = 10;

  public Infotext {
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
  }

  /** The text of a finished picture. */
  public static Infotext of(GeneratedPicture picture) {
    return of(picture.settings(), picture.engine(), picture.packDigest());
  }

  /**
   * The text of a picture.
   *
   * @param settings what it was made with; {@code count} is not written
   * @param engine {@code onnx} or {@code bm1684x}
   * @param packDigest SHA-256 of the pack's manifest, hex
   */
  public static Infotext of(GenerationSettings settings, String engine, String packDigest) {
    Map<String, String> pairs = new LinkedHashMap<>();
    pairs.put(STEPS, Integer.toString(settings.steps()));
    pairs.put(SAMPLER, settings.sampler().label());
    pairs.put(SCHEDULE, settings.spacing().label());
    pairs.put(CFG, number(settings.cfg()));
    pairs.put(SEED, Long.toString(settings.seed()));
    pairs.put(SIZE, settings.width() + "x" + settings.height());
    pairs.put(MODEL_HASH, packDigest.substring(0, Math.min(SHORT_HASH, packDigest.length())));
    pairs.put(MODEL, settings.pack());
    Double strength = settings.strength();
    if (strength != null) {
      pairs.put(STRENGTH, number(strength));
    }
    pairs.put(RNG, settings.noise().label());
    pairs.put(PACK_VERSION, settings.packVersion());
    pairs.put(PRESET, settings.preset());
    pairs.put(ENGINE, engine);
    pairs.put(PACK_DIGEST, packDigest);
    return new Infotext(settings.prompt(), settings.negativePrompt(), pairs);
  }

  /** The same with one more pair, {@code unknown} when there is no value for it. */
  public Infotext with(String key, Optional<String> value) {
    Map<String, String> pairs = new LinkedHashMap<>(parameters);
    pairs.put(key, value.orElse("unknown"));
    return new Infotext(prompt, negativePrompt, pairs);
  }

  /** Shortest form that reads back as the same number: 7 rather than 7.0. */
  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e6
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  /** Writes the text. */
  public String text() {
    String plain = text(Map.of());
    Infotext read = parse(plain);
    Map<String, String> exact = new LinkedHashMap<>();
    if (!read.prompt.equals(prompt)) {
      exact.put(EXACT_PROMPT, prompt);
    }
    if (!read.negativePrompt.equals(negativePrompt)) {
      exact.put(EXACT_NEGATIVE, negativePrompt);
    }
    return exact.isEmpty() ? plain : text(exact);
  }

  private String text(Map<String, String> exact) {
    StringBuilder text = new StringBuilder(printable(prompt));
    if (!negativePrompt.isEmpty()) {
      text.append('\n').append(NEGATIVE).append(' ').append(printable(negativePrompt));
    }
    StringBuilder line = new StringBuilder();
    parameters.forEach((key, value) -> pair(line, key, needsQuotes(value) ? quote(value) : value));
    exact.forEach((key, value) -> pair(line, key, quote(value)));
    return text.append('\n').append(line).toString();
  }

  private static void pair(StringBuilder line, String key, String value) {
    line.append(line.isEmpty() ? "" : ", ").append(key).append(": ").append(value);
  }

  /** What a PNG's text can hold: no NUL, no half of a surrogate pair. */
  private static String printable(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> c == 0 || isSurrogate(c) ? 0xFFFD : c)
        .forEach(clean::appendCodePoint);
    return clean.toString();
  }

  private static boolean isSurrogate(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }

  private static boolean needsQuotes(String value) {
    return value.isEmpty()
        || !value.equals(value.strip())
        || value.startsWith("\"")
        || value.chars().anyMatch(c -> c == ',' || c == ':' || c < ' ')
        || value.codePoints().anyMatch(Infotext::isSurrogate);
  }

  /** A JSON string; control characters and lone surrogates as {@code \\u} escapes. */
  private static String quote(String value) {
    StringBuilder quoted = new StringBuilder("\"");
    value
        .codePoints()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                quoted.append('\\').appendCodePoint(c);
              } else if (c < ' ' || isSurrogate(c)) {
                quoted.append("\\u" + HexFormat.of().toHexDigits((char) c));
              } else {
                quoted.appendCodePoint(c);
              }
            });
    return quoted.append('"').toString();
  }

  /**
   * Reads a text, ours or anybody's. The last line counts as pairs if it has at least three;
   * nothing is refused, unknown pairs are kept.
   */
  public static Infotext parse(String text) {
    String stripped = text.strip();
    int end = stripped.lastIndexOf('\n');
    Map<String, String> pairs = new Pairs(stripped.substring(end + 1)).read();
    String words = stripped;
    if (pairs.size() >= LEAST_PAIRS) {
      words = stripped.substring(0, Math.max(end, 0));
    } else {
      pairs = Map.of();
    }
    StringBuilder prompt = new StringBuilder();
    StringBuilder negative = new StringBuilder();
    StringBuilder current = prompt;
    for (String line : (Iterable<String>) words.lines()::iterator) {
      String rest = line.strip();
      if (rest.startsWith(NEGATIVE)) {
        current = negative;
        rest = rest.substring(NEGATIVE.length()).strip();
      }
      current.append(current.isEmpty() ? "" : "\n").append(rest);
    }
    Map<String, String> parameters = new LinkedHashMap<>(pairs);
    String exactPrompt = parameters.remove(EXACT_PROMPT);
    String exactNegative = parameters.remove(EXACT_NEGATIVE);
    return new Infotext(
        exactPrompt == null ? prompt.toString() : exactPrompt,
        exactNegative == null ? negative.toString() : exactNegative,
        parameters);
  }

  /** Reads {@code Key: value, Key: "quoted value"}. */
  private static final class Pairs {
    private final String line;
    private int at;

    Pairs(String line) {
      this.line = line;
    }

    Map<String, String> read() {
      Map<String, String> pairs = new LinkedHashMap<>();
      while (at < line.length()) {
        int colon = line.indexOf(':', at);
        int comma = line.indexOf(',', at);
        if (colon < 0) {
          break;
        }
        if (comma >= 0 && comma < colon) {
          at = comma + 1;
          continue;
        }
        String key = line.substring(at, colon).strip();
        at = colon + 1;
        String value = value();
        if (isKey(key)) {
          pairs.putIfAbsent(key, value);
        }
      }
      return pairs;
    }

    private static boolean isKey(String key) {
      return !key.isEmpty()
          && key.length() <= LONGEST_KEY
          && key.chars().allMatch(c -> Character.isLetterOrDigit(c) || " _-/".indexOf(c) >= 0);
    }

    private String value() {
      while (at < line.length() && Character.isWhitespace(line.charAt(at))) {
        at++;
      }
      int close = at < line.length() && line.charAt(at) == '"' ? closingQuote() : -1;
      int comma = line.indexOf(',', close < 0 ? at : close);
      int end = comma < 0 ? line.length() : comma;
      String value = line.substring(at, end).strip();
      at = Math.min(end + 1, line.length());
      return close < 0 ? value : unquote(value);
    }

    private int closingQuote() {
      for (int i = at + 1; i < line.length(); i++) {
        if (line.charAt(i) == '\\') {
          i++;
        } else if (line.charAt(i) == '"') {
          return i;
        }
      }
      return -1;
    }

    private static String unquote(String value) {
      try {
        String text = JSON.readValue(value, String.class);
        return text == null ? value : text;
      } catch (JsonProcessingException e) {
        return value; // quotes that mean nothing
      }
    }
  }

  /** Whether one of our own wrote it. */
  public boolean isOurs() {
    return parameters.containsKey(PACK_VERSION) && parameters.containsKey(PRESET);
  }

  /** The engine that made the picture, if it says. */
  public Optional<String> engine() {
    return Optional.ofNullable(parameters.get(ENGINE));
  }

  /** SHA-256 of the manifest of the pack that made the picture, if it says. */
  public Optional<String> packDigest() {
    return Optional.ofNullable(parameters.get(PACK_DIGEST));
  }

  /**
   * A request for the picture again, as far as the text tells: what it does not say or says in a
   * way that we do not know is null. Another program's model is not asked for.
   *
   * @param image the picture to start from, for a text with {@link #strength}; else null, and then
   *     the request has no strength
   */
  public GenerationRequest request(@Nullable RgbImage image) {
    @Nullable SamplerName sampler = value(SAMPLER, SamplerName::parse);
    @Nullable Spacing spacing = value(SCHEDULE, Spacing::parse);
    if (spacing == null && sampler != null) {
      spacing = sampler.spacing();
    }
    @Nullable NoiseKind noise = value(RNG, Infotext::noise);
    int @Nullable [] size = value(SIZE, Infotext::size);
    boolean ours = isOurs();
    return new GenerationRequest(
        ours ? parameters.get(MODEL) : null,
        ours ? parameters.get(PRESET) : null,
        prompt,
        negativePrompt.isEmpty() ? null : negativePrompt,
        size == null ? null : size[0],
        size == null ? null : size[1],
        value(STEPS, Integer::valueOf),
        value(CFG, Double::valueOf),
        sampler == null ? null : sampler.sampler().id(),
        spacing == null ? null : spacing.id(),
        value(SEED, Long::valueOf),
        noise == null ? null : noise.id(),
        1,
        image,
        image == null ? null : strength().orElse(null),
        false);
  }

  /** The img2img strength, if the picture was made from another one. */
  public Optional<Double> strength() {
    return Optional.ofNullable(value(STRENGTH, Double::valueOf));
  }

  /** The settings of one of our own pictures, exactly as written; empty if anything is missing. */
  public Optional<GenerationSettings> settings() {
    String pack = parameters.get(MODEL);
    String packVersion = parameters.get(PACK_VERSION);
    String preset = parameters.get(PRESET);
    @Nullable SamplerName sampler = value(SAMPLER, SamplerName::parse);
    @Nullable Spacing spacing = value(SCHEDULE, Spacing::parse);
    @Nullable NoiseKind noise = value(RNG, Infotext::noise);
    int @Nullable [] size = value(SIZE, Infotext::size);
    @Nullable Integer steps = value(STEPS, Integer::valueOf);
    @Nullable Double cfg = value(CFG, Double::valueOf);
    @Nullable Long seed = value(SEED, Long::valueOf);
    @Nullable Double strength = strength().orElse(null);
    if (pack == null
        || packVersion == null
        || preset == null
        || sampler == null
        || spacing == null
        || noise == null
        || size == null
        || steps == null
        || cfg == null
        || seed == null
        || (strength == null && parameters.containsKey(STRENGTH))) {
      return Optional.empty();
    }
    return Optional.of(
        new GenerationSettings(
            pack,
            packVersion,
            preset,
            prompt,
            negativePrompt,
            size[0],
            size[1],
            steps,
            cfg,
            sampler.sampler(),
            spacing,
            seed,
            noise,
            1,
            strength));
  }

  private <T> @Nullable T value(String key, Function<String, T> parser) {
    String value = parameters.get(key);
    if (value == null) {
      return null;
    }
    try {
      return parser.apply(value);
    } catch (GenerationException | IllegalArgumentException e) {
      return null; // another program's word for something
    }
  }

  /** A1111's source "GPU" gives the same numbers as "NV". */
  private static NoiseKind noise(String label) {
    return switch (label) {
      case "CPU" -> NoiseKind.TORCH_CPU;
      case "NV", "GPU" -> NoiseKind.PHILOX;
      default -> throw new IllegalArgumentException("unknown RNG " + label);
    };
  }

  private static int[] size(String size) {
    int cross = size.indexOf('x');
    if (cross < 0) {
      throw new IllegalArgumentException("no size: " + size);
    }
    return new int[] {
      Integer.parseInt(size, 0, cross, 10), Integer.parseInt(size, cross + 1, size.length(), 10)
    };
  }
}
