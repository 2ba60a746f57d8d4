package io.airbox.generation;

import io.airbox.generation.image.RgbImage;
import org.jspecify.annotations.Nullable;

/** Told how a picture comes along, on the thread that makes it. Implementations return at once. */
public interface GenerationListener {
  /** Says nothing. */
  GenerationListener SILENT = new GenerationListener() {};

  /** Parts of the work. */
  enum Stage {
    LOADING,
    TEXT,
    DENOISING,
    DECODING
  }

  /**
   * A stage began.
   *
   * @param picture index of the picture, from 0
   */
  default void stage(int picture, Stage stage) {}

  /**
   * A denoising step is done.
   *
   * @param picture index of the picture, from 0
   * @param step steps done, 1…{@code steps}
   * @param steps steps that really run (img2img runs fewer than asked)
   * @param preview small picture of the current guess, or null
   */
  default void step(int picture, int step, int steps, @Nullable RgbImage preview) {}

  /** A picture is finished; the others of the request may follow. */
  default void picture(int index, GeneratedPicture picture) {}
}
