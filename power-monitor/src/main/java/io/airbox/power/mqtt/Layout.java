package io.airbox.power.mqtt;

import java.util.Locale;

/** How things are named and written for those who subscribe. */
public enum Layout {
  /** {@code airbox/v1/SITE/BOX/…}. */
  JSON,
  /** {@code spBv1.0/GROUP/…/BOX}, Sparkplug B 3.0. */
  SPARKPLUG,
  /** Discovery for Home Assistant; its values are those of {@link #JSON}. */
  HOMEASSISTANT;

  /** As settings name it. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
