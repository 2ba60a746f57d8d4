package io.airbox.netplan.staging;

import java.util.List;

/**
 * Asks the side that has root. Every method blocks, for a minute at most.
 *
 * <p>One change at a time. A change that was staged and not committed goes by itself: at the end of
 * its window and some seconds (a timer of systemd), when the machine restarts, when its power
 * fails. Nothing of the caller has to live for that. One whose timer is gone is brought to its end
 * before the next is staged.
 */
public interface NetworkStaging {
  /**
   * Puts a change into effect without keeping it. The new settings come up after this has returned;
   * {@link #status} tells when.
   *
   * @return what was begun, in words
   * @throws StagingException it was not begun. For {@link StagingException.Reason#REFUSED} nothing
   *     was touched; otherwise ask for {@link #revert}
   */
  List<String> stage(StagedChange change);

  /**
   * Says what {@link #stage} would do, after all its checks.
   *
   * @throws StagingException it would be refused
   */
  List<String> rehearse(StagedChange change);

  /**
   * Keeps a staged change. When this returns it is kept, whatever happens next.
   *
   * @throws StagingException it is not kept: it was taken back before, its files were changed by
   *     somebody else meanwhile, or they cannot be written; it still goes by itself
   */
  List<String> commit(String transaction);

  /**
   * Takes a staged change back, now. The former settings come up after this has returned; {@link
   * #status} tells when. Of a change that is kept or gone nothing happens.
   *
   * @throws StagingException it was not begun; the timer will
   */
  List<String> revert(String transaction);

  /**
   * What became of the last change. Reads a file, asks nobody.
   *
   * @throws StagingException it cannot be read
   */
  StagingStatus status();
}
