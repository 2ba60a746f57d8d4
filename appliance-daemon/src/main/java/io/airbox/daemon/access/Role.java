package io.airbox.daemon.access;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What somebody may do, from least to most; each role may do what those before it may. */
public enum Role {
  /** Nobody in particular: makes pictures while the owner lets guests, sees own things only. */
  GUEST,
  /** Makes pictures, sees own things only. */
  USER,
  /** Runs the box: sees everybody's jobs and pictures, may reboot. */
  OPERATOR,
  /** The one who claimed the box: keys, certificates, names. */
  OWNER;

  /** The name in JSON, files and on the command line: lower case. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The role of that {@link #id()}; empty when there is none. */
  public static Optional<Role> of(String id) {
    return Arrays.stream(values()).filter(role -> role.id().equals(id)).findFirst();
  }

  /** Whether this role may do all that the other one may. */
  public boolean atLeast(Role other) {
    return compareTo(other) >= 0;
  }
}
