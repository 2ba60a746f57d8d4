package io.airbox.daemon.access;

import java.time.Duration;

/**
 * Settings of access control.
 *
 * @param claimCodeLife how long a claim code counts before it is replaced
 * @param sessionIdle how long a session lasts without being used
 * @param sessionLife how long a session lasts at most
 * @param sessions how many sessions there can be
 * @param guestJobsPerMinute job submissions per minute from one address without a credential
 * @param auditBytes size at which the audit log begins a new file
 * @param auditFiles how many full files of the audit log are kept
 * @param passphraseCost what hashing the passphrase costs; counts when it is set
 */
public record AccessOptions(
    Duration claimCodeLife,
    Duration sessionIdle,
    Duration sessionLife,
    int sessions,
    int guestJobsPerMinute,
    long auditBytes,
    int auditFiles,
    PassphraseCost passphraseCost) {
  /**
   * Codes for an hour; 100 sessions of 12 hours idle and 7 days at most; 30 jobs a minute; 5 files
   * of 10 MB.
   */
  public static final AccessOptions DEFAULTS =
      new AccessOptions(
          Duration.ofHours(1),
          Duration.ofHours(12),
          Duration.ofDays(7),
          100,
          30,
          10_000_000,
          5,
          PassphraseCost.DEFAULT);

  public AccessOptions {
    require("claimCodeLife", claimCodeLife, Duration.ofMinutes(1), Duration.ofDays(1));
    require("sessionIdle", sessionIdle, Duration.ofMinutes(1), Duration.ofDays(365));
    require("sessionLife", sessionLife, sessionIdle, Duration.ofDays(365));
    require("sessions", sessions, 1, 10_000);
    require("guestJobsPerMinute", guestJobsPerMinute, 1, 10_000);
    require("auditBytes", auditBytes, 10_000, 1_000_000_000);
    require("auditFiles", auditFiles, 1, 100);
  }

  private static void require(String name, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          name + " must be " + least + "…" + most + ", was " + value);
    }
  }

  private static void require(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " must be " + least + "…" + most + ", was " + value);
    }
  }
}
