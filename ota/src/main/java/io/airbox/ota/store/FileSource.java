package io.airbox.ota.store;

import io.airbox.ota.release.ReleaseFile;
import java.io.IOException;

/** Where an installation has the files of a release from. */
public interface FileSource {
  /** The place, for people and for fetching again: an address or a folder. Holds no secret. */
  String place();

  /**
   * Brings a file's bytes from {@link Part#length} on, until the part is full.
   *
   * @throws io.airbox.ota.UpdateException it is not to be had, or what is there is not it
   * @throws IOException it cannot be read now; what came stays, and a later call goes on
   * @throws InterruptedException the thread was interrupted; what came stays
   */
  void bring(ReleaseFile file, Part part) throws IOException, InterruptedException;

  /**
   * Hears that the bytes it brought from the first to the last were not what was signed.
   *
   * @return whether it has the file from elsewhere too
   */
  default boolean refused(ReleaseFile file) {
    return false;
  }
}
