package io.airbox.power.thermal;

import java.time.Duration;
import java.util.Locale;

/** How hot it is, by what it demands. */
public enum ThermalState {
  /** Nothing. */
  NORMAL(true, false, Duration.ZERO),
  /** Fewer jobs at once, and a rest after each step. */
  WARM(true, false, Duration.ofMillis(250)),
  /** The running job ends with longer rests; the others wait. */
  HOT(false, false, Duration.ofSeconds(1)),
  /** The running job is cancelled and models leave the TPU; somebody must look. */
  CRITICAL(false, true, Duration.ZERO);

  private final boolean startsJobs;
  private final boolean cancelsJobs;
  private final Duration stepRest;

  ThermalState(boolean startsJobs, boolean cancelsJobs, Duration stepRest) {
    this.startsJobs = startsJobs;
    this.cancelsJobs = cancelsJobs;
    this.stepRest = stepRest;
  }

  /** Whether a waiting job may begin. */
  public boolean startsJobs() {
    return startsJobs;
  }

  /** Whether running jobs end now. */
  public boolean cancelsJobs() {
    return cancelsJobs;
  }

  /** How long to rest after each step of a running job. */
  public Duration stepRest() {
    return stepRest;
  }

  /** As machines name it. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  boolean isHotterThan(ThermalState other) {
    return compareTo(other) > 0;
  }

  /** One step towards normal. */
  ThermalState cooler() {
    return switch (this) {
      case NORMAL, WARM -> NORMAL;
      case HOT -> WARM;
      case CRITICAL -> HOT;
    };
  }
}
