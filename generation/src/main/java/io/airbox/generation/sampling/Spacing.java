package io.airbox.generation.sampling;

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
}
