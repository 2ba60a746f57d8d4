package io.airbox.generation.bench;

import io.airbox.generation.random.NoiseKind;
import io.airbox.generation.random.NormalSource;
import io.airbox.generation.sampling.Guidance;
import io.airbox.generation.sampling.NoiseSchedule;
import io.airbox.generation.sampling.Prediction;
import io.airbox.generation.sampling.Sampler;
import io.airbox.generation.sampling.SamplerKind;
import io.airbox.generation.sampling.SamplingPlan;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * What a denoising step costs beside the network, at SD 1.5's 4×64×64: scaling the input, guidance
 * of a batch of two, and the sampler's update with its noise. The garbage collector's profiler has
 * to show (almost) no bytes per operation.
 *
 * <pre>
 * mvn -q -B test-compile dependency:build-classpath -pl sophon-jni,generation \
 *   -Dmdep.outputFile=target/classpath
 * java -cp generation/target/test-classes:generation/target/classes:$(cat generation/target/classpath) \
 *   io.airbox.generation.bench.SamplingBench
 * </pre>
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class SamplingBench {
  private static final int LENGTH = 4 * 64 * 64;
  private static final int STEPS = 8;

  @Param public SamplerKind kind;

  private final float[] latent = new float[LENGTH];
  private final float[] input = new float[2 * LENGTH];
  private final float[] output = new float[2 * LENGTH];
  private final NormalSource noise = NoiseKind.TORCH_CPU.source(7);
  private Sampler sampler;

  /** Runs it without Maven. */
  public static void main(String[] arguments) throws RunnerException {
    new Runner(
            new OptionsBuilder()
                .include(SamplingBench.class.getSimpleName())
                .addProfiler(GCProfiler.class)
                .build())
        .run();
  }

  @Setup
  public void prepare() {
    SamplingPlan plan =
        SamplingPlan.of(kind, kind.spacings().get(0), NoiseSchedule.STABLE_DIFFUSION, STEPS, null);
    sampler = new Sampler(plan, Prediction.EPSILON, LENGTH);
    noise.fill(output);
  }

  /** One step of a picture of eight, its share of the initial noise included. */
  @Benchmark
  @OperationsPerInvocation(STEPS)
  public float[] step() {
    sampler.start(latent, noise);
    for (int step = 0; step < STEPS; step++) {
      sampler.modelInput(step, latent, input);
      sampler.step(step, latent, output, noise);
    }
    return latent;
  }

  /** Guidance of a batch of two. */
  @Benchmark
  public float[] guidance() {
    Guidance.combine(output, 1.0001);
    return output;
  }

  /** Noise for one latent. */
  @Benchmark
  public float[] noise() {
    noise.fill(latent);
    return latent;
  }
}
