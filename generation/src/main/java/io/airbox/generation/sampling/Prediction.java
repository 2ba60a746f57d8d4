package io.airbox.generation.sampling;

/** What a diffusion network predicts. */
public enum Prediction {
  /** The noise ε: SD 1.x, SDXL. */
  EPSILON("epsilon"),
  /** The velocity v = √ā·ε − √(1−ā)·x0 (Salimans and Ho 2022): SD 2.x-768. */
  V("v_prediction");

  private final String id;

  Prediction(String id) {
    this.id = id;
  }

  /** The name in packs. */
  public String id() {
    return id;
  }
}
