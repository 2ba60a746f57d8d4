package io.airbox.daemon;

import io.airbox.generation.GeneratedPicture;
import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationListener;
import io.airbox.generation.GenerationSettings;
import io.airbox.generation.PictureMaker;
import io.airbox.generation.image.RgbImage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Makes one-coloured pictures, the colour being the seed. A prompt that begins with {@code hold}
 * waits after its first step until it is released or interrupted, one that begins with {@code step}
 * does so before each step, and one that begins with {@code fail} fails.
 */
public final class FakeMaker implements PictureMaker {
  /** Jobs interrupted so far. */
  public final AtomicInteger interrupted = new AtomicInteger();

  /** What the last job began with. */
  public volatile @Nullable RgbImage startedFrom;

  private final Semaphore released = new Semaphore(0);

  /** Lets one held job go on. */
  public void release() {
    released.release();
  }

  @Override
  public List<GeneratedPicture> make(
      GenerationSettings settings,
      @Nullable RgbImage image,
      boolean preview,
      GenerationListener listener)
      throws InterruptedException {
    startedFrom = image;
    List<GeneratedPicture> pictures = new ArrayList<>();
    for (int i = 0; i < settings.count(); i++) {
      listener.stage(i, GenerationListener.Stage.DENOISING);
      RgbImage pixels = pixels(settings, (int) settings.seed() + i);
      for (int step = 1; step <= settings.steps(); step++) {
        if (settings.prompt().startsWith("step")) {
          released.acquire();
        }
        listener.step(i, step, settings.steps(), preview ? pixels : null);
        if (step == 1 && settings.prompt().startsWith("hold")) {
          hold();
        }
      }
      if (settings.prompt().startsWith("fail")) {
        throw new GenerationException(
            GenerationException.Reason.ENGINE_FAULT, "the picture is black all over");
      }
      GeneratedPicture picture =
          new GeneratedPicture(
              pixels,
              settings.forPicture(settings.seed() + i),
              "onnx",
              "00".repeat(32),
              List.of(),
              new GeneratedPicture.Timings(1, 2, 3, 6, 5, settings.steps()));
      listener.picture(i, picture);
      pictures.add(picture);
    }
    return pictures;
  }

  private void hold() throws InterruptedException {
    try {
      released.acquire();
    } catch (InterruptedException e) {
      interrupted.incrementAndGet();
      throw e;
    }
  }

  private static RgbImage pixels(GenerationSettings settings, int colour) {
    byte[] rgb = new byte[settings.width() * settings.height() * 3];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (colour + i % 3);
    }
    return new RgbImage(settings.width(), settings.height(), rgb);
  }
}
