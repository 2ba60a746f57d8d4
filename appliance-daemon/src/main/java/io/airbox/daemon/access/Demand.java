package io.airbox.daemon.access;

import java.util.Locale;

/** What something asks of the channel. */
public enum Demand {
  /** Nothing. */
  ANY,
  /** That nobody on the network can read along. */
  SECURE,
  /** That it comes by a Unix socket: whoever asks is on the box itself. */
  SOCKET;

  /** The name in documents: lower case. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
