package io.airbox.daemon.jobs;

import io.airbox.generation.GenerationSettings;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of a job have taken lately, and so what a job will take. Each part is an
 * exponentially weighted mean; a size that was never made is scaled from another of the same pack
 * by its pixels and passes. Times are in nanoseconds. Not thread-safe.
 */
final class StepTimes {
  private static final double WEIGHT_OF_NEWEST = 0.3;

  /** What the time of a step depends on. */
  private record Shape(String pack, int width, int height, boolean guided) {
    static Shape of(GenerationSettings settings) {
      return new Shape(settings.pack(), settings.width(), settings.height(), settings.cfg() > 1);
    }

    double work() {
      return (double) width * height * (guided ? 2 : 1);
    }

    double pixels() {
      return (double) width * height;
    }
  }

  private final Map<Shape, Double> step = new HashMap<>();
  private final Map<Shape, Double> decode = new HashMap<>();
  private final Map<String, Double> text = new HashMap<>();
  private final Map<String, Double> load = new HashMap<>();
  private @Nullable Double newestStep;

  void loaded(GenerationSettings settings, long nanos) {
    learn(load, settings.pack(), nanos);
  }

  void encodedText(GenerationSettings settings, long nanos) {
    learn(text, settings.pack(), nanos);
  }

  void stepped(GenerationSettings settings, long nanos) {
    newestStep = learn(step, Shape.of(settings), nanos);
  }

  void decoded(GenerationSettings settings, long nanos) {
    learn(decode, Shape.of(settings), nanos);
  }

  /** The newest mean of a step, of whatever ran last; null when nothing was measured. */
  @Nullable Double newestStep() {
    return newestStep;
  }

  /**
   * What a whole job will take; null when no step of its pack was ever measured.
   *
   * @param packLoaded the pack will be in memory already
   */
  @Nullable Double wholeJob(GenerationSettings settings, boolean packLoaded) {
    Double picture = picture(settings, stepsToRun(settings));
    if (picture == null) {
      return null;
    }
    return (packLoaded ? 0 : load.getOrDefault(settings.pack(), 0.0))
        + text.getOrDefault(settings.pack(), 0.0)
        + settings.count() * picture;
  }

  /** What is left of a running job; null when no step of its pack was ever measured. */
  @Nullable Double rest(GenerationSettings settings, JobProgress progress) {
    Double current = picture(settings, progress.steps() - progress.step());
    Double whole = picture(settings, stepsToRun(settings));
    if (current == null || whole == null) {
      return null;
    }
    int left = progress.pictures() - progress.picture();
    return left < 1 ? 0 : current + (left - 1) * whole;
  }

  private @Nullable Double picture(GenerationSettings settings, int steps) {
    Shape shape = Shape.of(settings);
    Double one = step.get(shape);
    if (one == null) {
      one = scaled(shape);
    }
    return one == null ? null : steps * one + decodeTime(shape);
  }

  private @Nullable Double scaled(Shape shape) {
    return step.entrySet().stream()
        .filter(known -> known.getKey().pack().equals(shape.pack()))
        .findFirst()
        .map(known -> known.getValue() * shape.work() / known.getKey().work())
        .orElse(null);
  }

  private double decodeTime(Shape shape) {
    Double known = decode.get(shape);
    if (known != null) {
      return known;
    }
    return decode.entrySet().stream()
        .filter(other -> other.getKey().pack().equals(shape.pack()))
        .findFirst()
        .map(other -> other.getValue() * shape.pixels() / other.getKey().pixels())
        .orElse(0.0);
  }

  private static int stepsToRun(GenerationSettings settings) {
    Double strength = settings.strength();
    return strength == null
        ? settings.steps()
        : (int) Math.max(1, Math.ceil(settings.steps() * strength));
  }

  private static <K> double learn(Map<K, Double> means, K key, long nanos) {
    return means.merge(
        key, (double) nanos, (mean, newest) -> mean + WEIGHT_OF_NEWEST * (newest - mean));
  }
}
