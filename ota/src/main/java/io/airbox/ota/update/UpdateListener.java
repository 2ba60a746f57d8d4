package io.airbox.ota.update;

import io.airbox.ota.UpdateException;

/**
 * Hears how updates go, whoever brings them; called by the thread that does the step. Must be quick
 * and must not throw.
 */
public interface UpdateListener {
  /** It was begun, or is gone on with. */
  void begun(Update update);

  /**
   * Bytes came, or were here.
   *
   * @param here of the release, that are here
   * @param all of the release; files with the same content count once
   */
  void fetched(Update update, long here, long all);

  /** The engine tries it from now on. */
  void tried(Update update);

  /** It has ended by a trial. */
  void ended(Update update, Outcome outcome);

  /** It has ended because its source has not what was signed, or nothing at all. */
  void refused(Update update, UpdateException refusal);

  /** It has ended because somebody called it off. */
  void calledOff(Update update);
}
