package io.airbox.ota.update;

import io.airbox.ota.release.Release;
import io.airbox.ota.store.Installation;
import java.io.IOException;

/**
 * A release on its way: {@link #fetch}, then {@link #activate}. Until that has committed, what
 * answered goes on to. Thread-safe; a step that comes while another runs is refused with {@code
 * BUSY}, but for {@link #cancel}.
 */
public interface Update {
  /** The pack's name. */
  String pack();

  /** The release's version, for people. */
  String version();

  /** What is installed. */
  Release release();

  /** Where its files come from, as it is shown. */
  String place();

  /** Whether all files are here, so that {@link #fetch} has little or nothing to do. */
  boolean isFetched();

  /**
   * Brings what is missing. May be interrupted and repeated; what came is kept.
   *
   * @throws io.airbox.ota.UpdateException the source has not what was signed; {@code UNREACHABLE};
   *     {@code CANCELLED} when it was called off meanwhile; {@code NOT_THERE} when it has ended
   * @throws IOException the source or the disk fails now
   * @throws InterruptedException the thread was interrupted
   */
  void fetch(Installation.Progress progress) throws IOException, InterruptedException;

  /**
   * Has the engine try it, beside or instead of the pack that answers, and then commits it or takes
   * it back. The update has ended then.
   *
   * @return what came of it
   * @throws io.airbox.ota.UpdateException {@code CANCELLED} when it was called off meanwhile,
   *     {@code NOT_THERE} when it has ended
   * @throws IOException the disk fails, or the engine cannot try anything now; it is still under
   *     way and can be repeated
   * @throws InterruptedException the thread was interrupted; it is still under way and can be
   *     repeated
   * @throws IllegalStateException it is not fetched
   */
  Outcome activate() throws IOException, InterruptedException;

  /**
   * Calls it off, also while another thread fetches or tries it, which stops then. What was fetched
   * stays until the room is needed.
   *
   * @throws io.airbox.ota.UpdateException {@code BUSY} once it commits or is taken back, {@code
   *     NOT_THERE} when it has ended
   * @throws IOException the disk fails; it may be repeated
   */
  void cancel() throws IOException;
}
