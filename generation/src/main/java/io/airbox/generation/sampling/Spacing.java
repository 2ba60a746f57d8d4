package io.airbox.generation.sampling;

import io.airbox.generation.GenerationException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** How the steps are placed on the training schedule. */
public enum Spacing {
  /** (0…n−1)·(1000 div n), reversed, +1: DDIM of diffusers. */
  LEADING("leading", "Leading"),
  /** round(1000 − i·1000/n) − 1: Turbo, Lightning. */
  TRAILING("trailing", "Trailing"),
  /** The 50-point grid of LCM. */
  LCM("lcm", "LCM"),
  /** σ at linspace(999, 0, n), then 0: A1111's default. */
  UNIFORM("uniform", "Uniform"),
  /** Karras et al. 2022, ρ = 7, then 0. */
  KARRAS("karras", "Karras"),
  /** linspace(999, 0, n+1) without the last, then 0. */
  SGM_UNIFORM("sgm_uniform", "SGM Uniform");

  private static final Map<String, Spacing> NAMES = names();

  private final String id;
  private final String label;

  Spacing(String id, String label) {
    this.id = id;
    this.label = label;
  }

  /** The name in packs, requests and replies. */
  public String id() {
    return id;
  }

  /** The name in a picture's {@code parameters} text. */
  public String label() {
    return label;
  }

  /**
   * Finds a spacing by id or label, whatever its case and punctuation; also by "normal", A1111's
   * other name of {@link #UNIFORM}.
   *
   * @throws GenerationException {@code INVALID_REQUEST} of {@code spacing} when nothing has that
   *     name; the message lists the names
   */
  public static Spacing parse(String name) {
    Spacing spacing = NAMES.get(LooseName.of(name));
    if (spacing == null) {
      throw GenerationException.unknown(
          "spacing", name, Arrays.stream(values()).map(Spacing::id).toList());
    }
    return spacing;
  }

  private static Map<String, Spacing> names() {
    Map<String, Spacing> names = new LinkedHashMap<>();
    for (Spacing spacing : values()) {
      names.put(LooseName.of(spacing.id), spacing);
    }
    names.put("normal", UNIFORM);
    return names;
  }
}
