package io.airbox.generation.sampling;

import io.airbox.generation.GenerationException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a sampler's name says: the sampler, and in old-style names such as "DPM++ 2M Karras" also
 * the spacing.
 *
 * @param sampler the sampler
 * @param spacing the spacing that the name carries, or null
 */
public record SamplerName(SamplerKind sampler, @Nullable Spacing spacing) {
  private static final Map<String, SamplerKind> SAMPLERS = samplers();
  private static final Map<String, Spacing> SUFFIXES =
      Map.of(
          "karras", Spacing.KARRAS,
          "ka", Spacing.KARRAS,
          "sgmuniform", Spacing.SGM_UNIFORM,
          "trailing", Spacing.TRAILING);

  /**
   * Reads a sampler's name: our ids, A1111's names ("Euler a", "DPM++ 2M Karras") and k-diffusion's
   * ({@code k_euler_ancestral}, {@code k_dpmpp_2m_ka}), whatever their case and punctuation.
   *
   * @throws GenerationException {@code INVALID_REQUEST} of {@code sampler} when there is none of
   *     that name; the message lists the names and suggests a near one
   */
  public static SamplerName parse(String name) {
    String simple = LooseName.of(name);
    SamplerKind whole = SAMPLERS.get(simple);
    if (whole != null) {
      return new SamplerName(whole, null);
    }
    for (Map.Entry<String, Spacing> suffix : SUFFIXES.entrySet()) {
      if (simple.endsWith(suffix.getKey())) {
        String stem = simple.substring(0, simple.length() - suffix.getKey().length());
        SamplerKind sampler = SAMPLERS.get(stem);
        if (sampler != null) {
          return new SamplerName(sampler, suffix.getValue());
        }
      }
    }
    throw GenerationException.unknown(
        "sampler", name, Arrays.stream(SamplerKind.values()).map(SamplerKind::id).toList());
  }

  /** The names of a sampler besides its id and its label; a spacing may follow each of them. */
  public static List<String> aliases(SamplerKind kind) {
    String own = "k_" + kind.id();
    return kind == SamplerKind.EULER_ANCESTRAL
        ? List.of(own, "euler_ancestral", "k_euler_ancestral")
        : List.of(own);
  }

  private static Map<String, SamplerKind> samplers() {
    Map<String, SamplerKind> names = new HashMap<>();
    for (SamplerKind kind : SamplerKind.values()) {
      names.put(LooseName.of(kind.id()), kind);
      names.put(LooseName.of(kind.label()), kind);
      aliases(kind).forEach(alias -> names.put(LooseName.of(alias), kind));
    }
    return names;
  }
}
