package io.airbox.generation.sampling;

/** The samplers. */
public enum SamplerKind {
  LCM("lcm", "LCM"),
  DDIM("ddim", "DDIM"),
  EULER("euler", "Euler"),
  EULER_ANCESTRAL("euler_a", "Euler a"),
  DPMPP_2M("dpmpp_2m", "DPM++ 2M");

  private final String id;
  private final String label;

  SamplerKind(String id, String label) {
    this.id = id;
    this.label = label;
  }

  /** The name in packs, requests and replies. */
  public String id() {
    return id;
  }

  /** A1111's name, as in a picture's {@code parameters} text. */
  public String label() {
    return label;
  }
}
