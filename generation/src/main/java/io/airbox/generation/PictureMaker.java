package io.airbox.generation;

import io.airbox.generation.image.RgbImage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes pictures, one request at a time: in this process ({@code DiffusionPipeline}) or in a worker
 * process ({@code EngineWorker}).
 */
public interface PictureMaker {
  /**
   * Makes the {@code settings.count()} pictures of a request and blocks until they are done.
   * Interrupting the calling thread cancels within one denoising step.
   *
   * @param settings what to make
   * @param image picture to start from, any size, or null; present exactly when {@code
   *     settings.strength()} is
   * @param preview whether steps carry previews
   * @param listener told of progress and of each picture as it is finished
   * @return the pictures, in order
   * @throws GenerationException why it could not; pictures already told to the listener stay valid
   * @throws InterruptedException if the thread was interrupted; the maker is ready for the next
   *     request
   */
  List<GeneratedPicture> make(
      GenerationSettings settings,
      @Nullable RgbImage image,
      boolean preview,
      GenerationListener listener)
      throws InterruptedException;
}
