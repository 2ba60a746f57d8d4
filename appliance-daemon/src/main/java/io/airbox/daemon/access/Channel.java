package io.airbox.daemon.access;

import java.util.Locale;

/** The way by which a request came. */
public enum Channel {
  /** A Unix socket; the kernel has checked who may open it. */
  SOCKET,
  /** HTTPS. */
  TLS,
  /**
   * Plain HTTP from a loopback address. It need not be encrypted, but proves nothing about who
   * asks: other services of a box relay requests from the LAN.
   */
  LOOPBACK,
  /** Plain HTTP from elsewhere: whatever it carries, others have read too. */
  LAN;

  /** The name in JSON and in the audit log: lower case. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether nobody on the network can read along. */
  public boolean secure() {
    return this != LAN;
  }
}
