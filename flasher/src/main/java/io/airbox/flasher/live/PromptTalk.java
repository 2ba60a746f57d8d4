package io.airbox.flasher.live;

import io.airbox.flasher.watch.CardSlot;
import io.airbox.flasher.watch.FlashWatcher;
import io.airbox.flasher.watch.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Says what to send to a boot loader that waits at its prompt: first a question, whether a card is
 * in; when there is none, once, {@code boot}. With a card in, {@code boot} would flash again. It
 * says nothing anywhere else: in the countdown any byte stops the boot, and in a flash it may.
 */
final class PromptTalk {
  /** Brings the card's device up; the answer tells whether there is a card. */
  static final String ASK = "mmc dev 1";

  static final String BOOT = "boot";

  /** So long nothing must have come before something is sent. */
  private static final Duration QUIET = Duration.ofSeconds(3);

  /** A card that is still in is asked for again, since somebody may have pulled it. */
  private static final Duration AGAIN = Duration.ofSeconds(15);

  /** An hour of that. */
  private static final int MOST_ASKED = 240;

  private static final int MOST_UNANSWERED = 3;

  private Instant asked = Instant.MIN;
  private boolean waiting;
  private int times;
  private int unanswered;
  private boolean booted;

  /** What to send now. */
  Optional<String> next(FlashWatcher watcher, Duration silence, Instant now) {
    if (booted || !watcher.waitsForCommand() || silence.compareTo(QUIET) < 0) {
      return Optional.empty();
    }
    CardSlot slot = watcher.cardSlot();
    if (waiting && slot == CardSlot.EMPTY) {
      booted = true;
      return worthBooting(watcher) ? Optional.of(BOOT) : Optional.empty();
    }
    if (over() || Duration.between(asked, now).compareTo(AGAIN) < 0) {
      return Optional.empty();
    }
    unanswered = slot == CardSlot.UNKNOWN ? unanswered + 1 : 0;
    asked = now;
    times++;
    waiting = true;
    return Optional.of(ASK);
  }

  /** A flash that failed leaves nothing that should be started. */
  private static boolean worthBooting(FlashWatcher watcher) {
    Verdict verdict = watcher.report().verdict();
    return verdict != Verdict.FAILED && verdict != Verdict.INCOMPLETE;
  }

  /** Whether a card was found to be in, so that nothing is sent. */
  boolean cardIsIn(FlashWatcher watcher) {
    return waiting && !booted && watcher.cardSlot() == CardSlot.OCCUPIED;
  }

  /** Whether there is nothing more to say. */
  boolean over() {
    return booted || times >= MOST_ASKED || unanswered >= MOST_UNANSWERED;
  }
}
