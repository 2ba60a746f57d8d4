package io.airbox.netplan.apply;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A network change and how far it is.
 *
 * @param id its name: 26 of {@code a-z2-7}
 * @param plan the id of the plan it came from
 * @param actor who asked for it
 * @param state how far it is
 * @param reason why it is there, in words for a person; empty when the state says it all
 * @param started when it was asked for
 * @param ended when it came to its end; the same as {@code started} before that
 * @param window how long somebody has to confirm it
 * @param deadline until when; for show, since the clock may be set meanwhile
 * @param left how much of the window is left, never negative
 * @param urls where the page can be opened with the new settings
 * @param origins from which a page may confirm, as {@link NetworkChange#origins} had them
 * @param diff the change as a unified diff
 */
public record Transaction(
    String id,
    String plan,
    String actor,
    ApplyState state,
    String reason,
    Instant started,
    Instant ended,
    Duration window,
    Instant deadline,
    Duration left,
    List<String> urls,
    List<String> origins,
    String diff) {
  /** Copies the lists. */
  public Transaction {
    urls = List.copyOf(urls);
    origins = List.copyOf(origins);
  }
}
