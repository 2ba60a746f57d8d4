package io.airbox.daemon.pictures;

import io.airbox.generation.GeneratedPicture;

/** Where finished pictures go. */
@FunctionalInterface
public interface PictureSink {
  /**
   * Keeps a picture; it survives a power cut once this returns.
   *
   * @param id {@code <job>-<index>}
   * @param job the job that made it
   * @param owner who asked for it
   * @throws PictureStoreException it could not be kept; nothing of it is left
   */
  void save(String id, String job, String owner, GeneratedPicture picture);
}
