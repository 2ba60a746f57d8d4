package io.airbox.generation;

import io.airbox.generation.engine.Network;
import io.airbox.generation.engine.bm1684x.Bm1684xEngine;
import io.airbox.generation.pack.ManifestReader;
import io.airbox.generation.pack.PackManifest;
import io.airbox.generation.pack.PackManifest.Size;
import io.airbox.generation.random.NoiseKind;
import io.airbox.generation.random.NormalSource;
import io.airbox.generation.sampling.NoiseSchedule;
import io.airbox.generation.sampling.Prediction;
import io.airbox.generation.sampling.Sampler;
import io.airbox.generation.sampling.SamplerKind;
import io.airbox.generation.sampling.SamplingPlan;
import io.airbox.sophon.BModelWriter;
import io.airbox.sophon.DataType;
import io.airbox.sophon.Shape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * What a denoising step at 512×512 costs beside the TPU's own work: sampler, batch of two, the
 * values' way to the device and back, guidance. The libraries are ones whose launches do nothing.
 * {@code airbox bench tpu} runs it.
 *
 * <p>Arguments: the folder of the libraries, a file for the results.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class DenoisingStepBench {
  private static final String LIBRARIES = "airbox.bench.libraries";
  private static final int STEPS = 8;
  private static final int ROWS = 77;
  private static final int WIDTH = 768;
  private static final Size SIZE = new Size(512, 512);

  @Param public SamplerKind kind;

  /** What the UNet takes and gives. */
  @Param({"FLOAT32", "FLOAT16"})
  public DataType type;

  private final NormalSource noise = NoiseKind.TORCH_CPU.source(7);
  private Path bmodel;
  private Bm1684xEngine engine;
  private Network network;
  private Denoiser denoiser;
  private Sampler sampler;
  private float[] latent;
  private float[] input;
  private float[] output;

  /** Runs it without Maven. */
  public static void main(String[] arguments) throws RunnerException {
    new Runner(
            new OptionsBuilder()
                .include(DenoisingStepBench.class.getSimpleName())
                .addProfiler(GCProfiler.class)
                .jvmArgsAppend("-D" + LIBRARIES + "=" + arguments[0])
                .resultFormat(ResultFormatType.JSON)
                .result(arguments[1])
                .build())
        .run();
  }

  @Setup
  public void prepare() throws IOException {
    Shape sample = Shape.of(2, 4, 64, 64);
    bmodel =
        new BModelWriter()
            .network(
                "unet",
                1 << 20,
                1 << 20,
                List.of(
                    new BModelWriter.Tensor("sample", type, sample),
                    new BModelWriter.Tensor("timestep", DataType.INT32, Shape.of(2)),
                    new BModelWriter.Tensor("states", type, Shape.of(2, ROWS, WIDTH))),
                List.of(new BModelWriter.Tensor("noise", type, sample)))
            .write(Files.createTempFile("airbox-bench", ".bmodel"));
    engine = Bm1684xEngine.open(Path.of("/"), Path.of(System.getProperty(LIBRARIES)));
    network = engine.load(bmodel);
    float[] states = new float[ROWS * WIDTH];
    denoiser = new Denoiser(network, manifest(), SIZE, 7.5, states, states.clone());
    SamplingPlan plan =
        SamplingPlan.of(kind, kind.spacings().get(0), NoiseSchedule.STABLE_DIFFUSION, STEPS, null);
    sampler = new Sampler(plan, Prediction.EPSILON, denoiser.length());
    latent = new float[denoiser.length()];
    input = new float[denoiser.length()];
    output = new float[denoiser.length()];
  }

  private static PackManifest manifest() {
    String json =
        """
        {"format": 1, "name": "bench", "version": "1.0.0", "title": "Bench", "family": "sd15",
         "licence": {"spdx": "MIT", "commercial": true},
         "text": {"tokenizer": {"file": "t.json", "sha256": "%1$s", "bytes": 1},
                  "length": 77, "width": 768, "begin": 1, "end": 2, "pad": 0,
                  "max_chunks": 1, "weighting": false},
         "latent": {"channels": 4, "downscale": 8, "scale": 0.18215, "shift": 0.0},
         "schedule": {"train_steps": 1000, "beta_start": 0.00085, "beta_end": 0.012,
                      "betas": "scaled_linear", "prediction": "epsilon"},
         "guidance": {"mode": "cfg", "batch": 2},
         "sizes": [{"width": 512, "height": 512}],
         "presets": [{"id": "p", "title": {"en": "P"}, "sampler": "ddim", "spacing": "leading",
                      "steps": {"default": 8, "min": 1, "max": 50},
                      "cfg": {"default": 7.5, "min": 1.0, "max": 20.0}, "negative": true}],
         "engines": {"bm1684x": {"compiler": "none", "roles": {
           "text_encoder": {"file": "a", "sha256": "%1$s", "bytes": 1, "memory": 1},
           "unet": {"file": "b", "sha256": "%1$s", "bytes": 1, "memory": 1},
           "vae_decoder": {"file": "c", "sha256": "%1$s", "bytes": 1, "memory": 1}}}}}
        """
            .formatted("0".repeat(64));
    ManifestReader.Reading reading = ManifestReader.read(json.getBytes(StandardCharsets.UTF_8));
    if (reading.manifest() == null) {
      throw new IllegalStateException(reading.problems().toString());
    }
    return reading.manifest();
  }

  @TearDown
  public void close() throws IOException {
    network.close();
    engine.close();
    Files.delete(bmodel);
  }

  /** One step of a picture of eight, its share of the initial noise included. */
  @Benchmark
  @OperationsPerInvocation(STEPS)
  public float[] step() throws InterruptedException {
    sampler.start(latent, noise);
    for (int step = 0; step < STEPS; step++) {
      sampler.modelInput(step, latent, input);
      denoiser.predict(input, sampler.timestep(step), output);
      sampler.step(step, latent, output, noise);
    }
    return latent;
  }
}
