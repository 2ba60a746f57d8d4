package io.airbox.daemon.jobs;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Gives out ids that sort by time: a ULID in lower case, 48 bits of milliseconds and 80 random
 * bits, in 26 characters of Crockford's base 32. Ids of one millisecond, or given out after the
 * clock was set back, count up from the one before. Not thread-safe.
 */
final class JobIds {
  private static final int LENGTH = 26;
  private static final int TIME_LENGTH = 10;
  private static final String DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";

  private final InstantSource clock;
  private final RandomGenerator random;
  private long millis = -1;
  private long high; // 40 bits
  private long low; // 40 bits

  JobIds(InstantSource clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  String next() {
    long now = clock.millis();
    if (now > millis) {
      millis = now;
      high = random.nextLong() >>> 24;
      low = random.nextLong() >>> 24;
    } else {
      low = (low + 1) & 0xFF_FFFF_FFFFL;
      if (low == 0) {
        high = (high + 1) & 0xFF_FFFF_FFFFL;
      }
    }
    StringBuilder id = new StringBuilder(LENGTH);
    append(id, millis, TIME_LENGTH);
    append(id, high, 8);
    append(id, low, 8);
    return id.toString();
  }

  /** The time in an id; empty when it is not an id of ours. */
  static Optional<Instant> timeOf(String id) {
    if (id.length() != LENGTH || id.charAt(0) > '7') {
      return Optional.empty();
    }
    long millis = 0;
    for (int i = 0; i < LENGTH; i++) {
      int digit = DIGITS.indexOf(id.charAt(i));
      if (digit < 0) {
        return Optional.empty();
      }
      if (i < TIME_LENGTH) {
        millis = millis << 5 | digit;
      }
    }
    return Optional.of(Instant.ofEpochMilli(millis));
  }

  private static void append(StringBuilder id, long value, int digits) {
    for (int shift = 5 * (digits - 1); shift >= 0; shift -= 5) {
      id.append(DIGITS.charAt((int) (value >>> shift) & 31));
    }
  }
}
