package io.airbox.daemon.jobs;

import io.airbox.generation.GeneratedPicture;
import io.airbox.generation.GenerationListener;
import io.airbox.generation.GenerationSettings;
import io.airbox.generation.PictureMaker;
import io.airbox.generation.image.RgbImage;
import io.airbox.generation.random.NoiseKind;
import io.airbox.generation.sampling.SamplerKind;
import io.airbox.generation.sampling.Spacing;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Does, for the job that runs, what the test puts into its script; nothing happens without one. */
final class ScriptedMaker implements PictureMaker {
  /** What a running job does next. */
  interface Action {
    void run(GenerationSettings settings, GenerationListener listener) throws Exception;
  }

  private static final class Done extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  final Semaphore started = new Semaphore(0);
  final List<String> prompts = new CopyOnWriteArrayList<>();
  final AtomicInteger mostAtOnce = new AtomicInteger();
  private final AtomicInteger now = new AtomicInteger();
  private final BlockingQueue<Action> script = new LinkedBlockingQueue<>();

  void then(Action action) {
    script.add(action);
  }

  /** The running job makes all of its pictures. */
  void finish() {
    then(
        (settings, listener) -> {
          for (int i = 0; i < settings.count(); i++) {
            listener.picture(i, picture(settings, i));
          }
          throw new Done();
        });
  }

  static GeneratedPicture picture(GenerationSettings settings, int index) {
    GenerationSettings own =
        settings(settings.prompt(), settings.steps(), 1, settings.seed() + index);
    return new GeneratedPicture(
        new RgbImage(2, 2, new byte[12]),
        own,
        "fake",
        "00",
        List.of(),
        new GeneratedPicture.Timings(1, 20, 3, 24, 20, settings.steps()));
  }

  static GenerationSettings settings(String prompt, int steps, int count, long seed) {
    return new GenerationSettings(
        "probe",
        "1",
        "quality",
        prompt,
        "",
        96,
        96,
        steps,
        3,
        SamplerKind.DDIM,
        Spacing.LEADING,
        seed,
        NoiseKind.TORCH_CPU,
        count,
        null);
  }

  @Override
  public List<GeneratedPicture> make(
      GenerationSettings settings,
      @Nullable RgbImage image,
      boolean preview,
      GenerationListener listener)
      throws InterruptedException {
    mostAtOnce.accumulateAndGet(now.incrementAndGet(), Math::max);
    prompts.add(settings.prompt());
    started.release();
    try {
      while (true) {
        script.take().run(settings, listener);
      }
    } catch (Done done) {
      return new ArrayList<>();
    } catch (InterruptedException | RuntimeException end) {
      throw end;
    } catch (Exception checked) {
      throw new IllegalStateException(checked);
    } finally {
      now.decrementAndGet();
    }
  }
}
