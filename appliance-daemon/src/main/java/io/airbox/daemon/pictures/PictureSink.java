package io.airbox.daemon.pictures;

import io.airbox.generation.GeneratedPicture;
import io.airbox.power.energy.Energy;
import java.util.Optional;

/** Where finished pictures go. */
@FunctionalInterface
public interface PictureSink {
  /**
   * Keeps a picture; it survives a power cut once this returns.
   *
   * @param id {@code <job>-<index>}
   * @param job the job that made it
   * @param owner who asked for it
   * @param energy what the machine took while it was made; empty when that is not known
   * @throws PictureStoreException it could not be kept; nothing of it is left
   */
  void save(String id, String job, String owner, GeneratedPicture picture, Optional<Energy> energy);
}
