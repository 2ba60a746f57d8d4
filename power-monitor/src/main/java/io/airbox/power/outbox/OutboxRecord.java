package io.airbox.power.outbox;

import java.time.Instant;

/**
 * Something to be sent.
 *
 * @param id the same however often it is sent; at most 200 characters
 * @param kind tells the sender what the content is, as {@code alarm}; at most 50 characters
 * @param at when it happened, by the wall clock of then; kept in milliseconds
 * @param content at most {@link #MOST_BYTES}; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody; a copy each would cost the most
public record OutboxRecord(String id, Priority priority, String kind, Instant at, byte[] content) {
  /** The largest content. */
  public static final int MOST_BYTES = 1 << 18;

  private static final int MOST_ID = 200;
  private static final int MOST_KIND = 50;

  public OutboxRecord {
    if (id.isEmpty() || id.length() > MOST_ID || kind.length() > MOST_KIND) {
      throw new IllegalArgumentException("id \"" + id + "\" or kind \"" + kind + "\" is too long");
    }
    if (content.length > MOST_BYTES) {
      throw new IllegalArgumentException(
          id + " has " + content.length + " bytes; " + MOST_BYTES + " are the most");
    }
  }
}
