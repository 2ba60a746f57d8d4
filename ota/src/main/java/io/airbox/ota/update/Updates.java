package io.airbox.ota.update;

import io.airbox.ota.store.FileSource;
import io.airbox.ota.store.Sacrifice;
import io.airbox.ota.store.StoredPack;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What a source of updates asks of the box: a command, an upload, an update server, a message. One
 * update at a time. Thread-safe and blocking; callers bring their own thread.
 */
public interface Updates {
  /**
   * Checks who signed a release, that it suits this box, is new, has not ended and fits, and has it
   * under way then. One of the same release that is under way already is gone on with, with this
   * source from now on. The very release that answers already is an update with nothing to do.
   *
   * @param envelope the signed release, as it came
   * @param source where its files are; its {@link FileSource#place} is remembered, so that it can
   *     be gone on with after a restart without the caller, and shown, so that it holds no secret
   * @param allowed what may be let go to make room
   * @throws io.airbox.ota.UpdateException each refusal with its own reason and words; {@code BUSY}
   *     while another is under way. Nothing was begun then
   * @throws IOException the disk fails; nothing is under way
   */
  Update begin(byte[] envelope, FileSource source, Sacrifice allowed) throws IOException;

  /** The one that was begun, also by a process before this one, and has not ended. */
  Optional<Update> underWay();

  /**
   * What is installed by release: packs by name, with their slots.
   *
   * @throws IOException the disk fails
   */
  List<StoredPack> packs() throws IOException;
}
