package io.airbox.power.history;

import io.airbox.power.Unit;

/** How finely a unit is kept on the disk: finer than any sensor here tells it. */
final class Resolution {
  private Resolution() {}

  static double of(Unit unit) {
    return switch (unit) {
      case CELSIUS, COUNT -> 0.01;
      case WATTS, VOLTS, AMPERES, RATIO -> 0.001;
      case HERTZ -> 1e6;
      case BYTES -> 4096;
      case BYTES_PER_SECOND -> 16;
      case RPM, SECONDS, JOULES -> 1;
    };
  }
}
