package io.airbox.power;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * A temperature at which the kernel does something by itself.
 *
 * @param zone the thermal zone, as in {@code temperature.ZONE}
 * @param hysteresis by how many degrees it has to cool down below it to be over
 */
public record TripPoint(String zone, Kind kind, double celsius, double hysteresis) {
  /** What the kernel does there. */
  public enum Kind {
    /** Turns fans up. */
    ACTIVE,
    /** Slows the processors down. */
    PASSIVE,
    /** Warns the driver. */
    HOT,
    /** Shuts the machine down. */
    CRITICAL;

    /** As the kernel names it. */
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The kind of this name. */
    public static Optional<Kind> of(String id) {
      return Arrays.stream(values()).filter(kind -> kind.id().equals(id)).findFirst();
    }
  }
}
