package io.airbox.netplan.apply;

import io.airbox.netplan.staging.NetworkStaging;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Applies network changes, one at a time, so that each is confirmed over the new settings or taken
 * back. Thread-safe; every method may block for the time of a root task, {@link #current} never.
 */
public final class NetworkApply implements AutoCloseable {
  private NetworkApply() {}

  /**
   * Opens the journal and goes on with the change that it tells of, if one does.
   *
   * @param folder where journal and history lie; made if it is not there
   * @throws NetworkApplyException {@code STORAGE}: the folder cannot be used
   */
  public static NetworkApply open(Path folder, NetworkStaging staging, MachineClock clock) {
    throw new UnsupportedOperationException();
  }

  /**
   * Announces a change, and applies it two seconds later, so that the answer can get out.
   *
   * @throws NetworkApplyException {@code INVALID}, {@code BUSY}, {@code UNAVAILABLE}, {@code
   *     STORAGE}; nothing was touched
   */
  public Announced apply(NetworkChange change) {
    throw new UnsupportedOperationException();
  }

  /**
   * Keeps the change: whoever asks has come over the new settings.
   *
   * @return the change, {@link ApplyState#CONFIRMED}; also when it was before
   * @throws NetworkApplyException {@code NO_SUCH_TRANSACTION}, {@code WRONG_TOKEN}, {@code
   *     NOT_WAITING}; {@code REFUSED}, {@code UNAVAILABLE} or {@code FAILED}: it is not kept and
   *     still goes by itself
   */
  public Transaction confirm(String transaction, String token) {
    throw new UnsupportedOperationException();
  }

  /** The same from a channel that needs no token: the console of the box itself. */
  public Transaction confirm(String transaction) {
    throw new UnsupportedOperationException();
  }

  /**
   * Takes the change back, now rather than at its deadline. Returns as soon as that has begun.
   *
   * @param actor who asks
   * @throws NetworkApplyException {@code NO_SUCH_TRANSACTION}; {@code NOT_WAITING} for one that is
   *     kept
   */
  public Transaction revert(String transaction, String actor) {
    throw new UnsupportedOperationException();
  }

  /** The change that is under way, or the last one; empty when there was none. */
  public Optional<Transaction> current() {
    throw new UnsupportedOperationException();
  }

  /** Changes that came to their end, latest first, at most 200. */
  public List<Transaction> history() {
    throw new UnsupportedOperationException();
  }

  /** Calls this whenever a change has gone a step further. It must return soon. */
  public void onChange(Consumer<Transaction> listener) {
    throw new UnsupportedOperationException();
  }

  /** Stops watching. A change that waits goes by itself at the end of its window. */
  @Override
  public void close() {}
}
