package io.airbox.netplan.apply;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;

/**
 * A change as the journal keeps it.
 *
 * @param transaction the change; what it says is left of its window does not count
 * @param boot which start of the machine it belongs to
 * @param due the end of its window, as time since that start
 * @param tokenHash SHA-256 of the token, so that the journal gives none away; empty when none is
 *     taken any more
 */
record Entry(Transaction transaction, String boot, Duration due, String tokenHash) {
  String id() {
    return transaction.id();
  }

  ApplyState state() {
    return transaction.state();
  }

  /** The same, a step further. */
  Entry at(ApplyState state, String reason, Instant now) {
    Transaction t = transaction;
    return new Entry(
        new Transaction(
            t.id(),
            t.plan(),
            t.actor(),
            state,
            reason,
            t.started(),
            state.isEnd() ? now : t.started(),
            t.window(),
            t.deadline(),
            Duration.ZERO,
            t.urls(),
            t.origins(),
            t.diff()),
        boot,
        due,
        tokenHash);
  }

  /** The same in another start of the machine, its window over. */
  Entry movedTo(String otherBoot, Duration uptime) {
    return new Entry(transaction, otherBoot, uptime, tokenHash);
  }

  Entry withoutToken() {
    return new Entry(transaction, boot, due, "");
  }

  /** The change as it is now. */
  Transaction shown(Duration left) {
    Transaction t = transaction;
    return new Transaction(
        t.id(),
        t.plan(),
        t.actor(),
        t.state(),
        t.reason(),
        t.started(),
        t.ended(),
        t.window(),
        t.deadline(),
        left,
        t.urls(),
        t.origins(),
        t.diff());
  }

  /** Whether this is the token. Takes as long for a wrong one, however much of it is right. */
  boolean isToken(String token) {
    return MessageDigest.isEqual(
        hash(token).getBytes(StandardCharsets.US_ASCII),
        tokenHash.getBytes(StandardCharsets.US_ASCII));
  }

  static String hash(String token) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
