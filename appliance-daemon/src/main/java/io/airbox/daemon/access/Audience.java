package io.airbox.daemon.access;

import java.util.Locale;

/** Whom something is for. */
public enum Audience {
  /** Everybody, always. */
  PUBLIC,
  /** Guests while the owner lets them make pictures, otherwise users. */
  GENERATION,
  /** Users and above. */
  USER,
  /** Operators and the owner. */
  OPERATOR,
  /** The owner. */
  OWNER;

  /** The name in documents: lower case. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The least role that belongs to it.
   *
   * @param guestsWelcome whether the owner lets guests make pictures
   */
  public Role leastRole(boolean guestsWelcome) {
    return switch (this) {
      case PUBLIC -> Role.GUEST;
      case GENERATION -> guestsWelcome ? Role.GUEST : Role.USER;
      case USER -> Role.USER;
      case OPERATOR -> Role.OPERATOR;
      case OWNER -> Role.OWNER;
    };
  }
}
