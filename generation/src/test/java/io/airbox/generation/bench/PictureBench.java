package io.airbox.generation.bench;

import io.airbox.generation.image.Planes;
import io.airbox.generation.image.Png;
import io.airbox.generation.image.Resampling;
import io.airbox.generation.image.RgbImage;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * What becomes of the decoder's output at 512×512: pixels, PNG, a smaller picture. Run like {@link
 * SamplingBench}.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
@State(Scope.Thread)
public class PictureBench {
  private static final int SIDE = 512;

  private final float[] planes = new float[3 * SIDE * SIDE];
  private RgbImage image;

  /** Runs it without Maven. */
  public static void main(String[] arguments) throws RunnerException {
    new Runner(new OptionsBuilder().include(PictureBench.class.getSimpleName()).build()).run();
  }

  /** Soft shapes with a little grain, as photographs compress. */
  @Setup
  public void prepare() {
    Random random = new Random(1);
    for (int i = 0; i < planes.length; i++) {
      int x = i % SIDE;
      int y = i / SIDE % SIDE;
      planes[i] =
          (float) (Math.sin(x / 40.0 + i / (SIDE * SIDE)) * Math.cos(y / 60.0))
              + 0.02f * (float) random.nextGaussian();
    }
    image = Planes.toImage(planes, SIDE, SIDE);
  }

  @Benchmark
  public RgbImage pixels() {
    return Planes.toImage(planes, SIDE, SIDE);
  }

  @Benchmark
  public byte[] png() {
    return Png.encode(image, Map.of());
  }

  @Benchmark
  public RgbImage resize() {
    return Resampling.resize(image, 384, 384);
  }
}
