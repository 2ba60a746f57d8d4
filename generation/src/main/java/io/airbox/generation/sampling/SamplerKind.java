package io.airbox.generation.sampling;

import io.airbox.generation.GenerationException;
import java.util.List;
import java.util.stream.Collectors;

/** The samplers, and the spacings that each makes sense with. */
public enum SamplerKind {
  /** Latent consistency (Luo et al. 2023), for networks distilled for it. */
  LCM(
      "lcm",
      "LCM",
      Spacing.LCM,
      Spacing.TRAILING,
      Spacing.UNIFORM,
      Spacing.KARRAS,
      Spacing.SGM_UNIFORM),
  /** Deterministic implicit sampling (Song et al. 2021), η = 0. */
  DDIM(
      "ddim",
      "DDIM",
      Spacing.LEADING,
      Spacing.TRAILING,
      Spacing.UNIFORM,
      Spacing.KARRAS,
      Spacing.SGM_UNIFORM),
  /** Euler's method on the probability flow (Karras et al. 2022). */
  EULER(
      "euler",
      "Euler",
      Spacing.UNIFORM,
      Spacing.KARRAS,
      Spacing.SGM_UNIFORM,
      Spacing.TRAILING,
      Spacing.LEADING),
  /** Euler with fresh noise at each step, η = 1. */
  EULER_ANCESTRAL(
      "euler_a",
      "Euler a",
      Spacing.UNIFORM,
      Spacing.KARRAS,
      Spacing.SGM_UNIFORM,
      Spacing.TRAILING,
      Spacing.LEADING),
  /** DPM-Solver++ (Lu et al. 2022), second order, multistep. */
  DPMPP_2M(
      "dpmpp_2m",
      "DPM++ 2M",
      Spacing.KARRAS,
      Spacing.UNIFORM,
      Spacing.SGM_UNIFORM,
      Spacing.TRAILING,
      Spacing.LEADING);

  private final String id;
  private final String label;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<Spacing> spacings;

  SamplerKind(String id, String label, Spacing... spacings) {
    this.id = id;
    this.label = label;
    this.spacings = List.of(spacings);
  }

  /** The name in packs, requests and replies. */
  public String id() {
    return id;
  }

  /** A1111's name, as in a picture's {@code parameters} text. */
  public String label() {
    return label;
  }

  /** The spacings it works with; the first is its default. */
  public List<Spacing> spacings() {
    return spacings;
  }

  /**
   * Checks that it works with a spacing.
   *
   * @throws GenerationException {@code INVALID_REQUEST} of {@code spacing}, naming those it works
   *     with
   */
  public void requireSpacing(Spacing spacing) {
    if (!spacings.contains(spacing)) {
      throw GenerationException.invalid(
          "spacing",
          "sampler "
              + id
              + " does not work with spacing "
              + spacing.id()
              + "; use one of "
              + spacings.stream().map(Spacing::id).collect(Collectors.joining(", ")));
    }
  }
}
