package io.airbox.power.mqtt;

import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What Paho writes to standard error, past the journal and its levels. Its callers are told all of
 * that as well.
 */
final class PahoLog {
  /** Held here, for the JDK forgets the level of a logger that nobody holds. */
  private static final Logger PAHO = Logger.getLogger("org.eclipse.paho.client.mqttv3");

  private PahoLog() {}

  static void silence() {
    PAHO.setLevel(Level.OFF);
  }
}
