package io.airbox.generation;

import io.airbox.generation.engine.Network;
import io.airbox.generation.engine.Tensor;
import io.airbox.generation.pack.PackManifest;
import io.airbox.generation.pack.PackManifest.GuidanceMode;
import io.airbox.generation.pack.PackManifest.Size;
import io.airbox.generation.sampling.Guidance;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The UNet with everything but latent and timestep fixed: prompts, guidance and size of a request.
 * Guidance above 1 takes a second pass, together with the first as a batch of two or after it.
 */
final class Denoiser {
  private final Network unet;
  private final double cfg;
  private final boolean guided;
  private final int batch;
  private final int length;
  private final float[] input;
  private final float[] output;
  private final float @Nullable [] second;
  private final long[] timesteps;
  private final List<Tensor> conditional;
  private final @Nullable List<Tensor> unconditional;
  private long networkNanos;

  /**
   * @param cond states of the prompt, {@code rows × width} values
   * @param uncond states of the negative prompt, as many; read only when guidance needs them
   */
  Denoiser(Network unet, PackManifest pack, Size size, double cfg, float[] cond, float[] uncond) {
    this.unet = unet;
    this.cfg = cfg;
    this.guided = pack.guidance().mode() == GuidanceMode.CFG && Guidance.needsTwo(cfg);
    int rows = cond.length / pack.text().width();
    int wanted = guided && pack.guidance().batch() == 2 ? 2 : 1;
    Optional<List<List<Long>>> shapes = UnetShapes.of(unet, pack, size, rows, wanted);
    // one pass of two where the pack wants it, unless the file knows only the other way
    this.batch = shapes.isPresent() ? wanted : 3 - wanted;
    List<long[]> axes =
        shapes
            .or(() -> UnetShapes.of(unet, pack, size, rows, batch))
            .orElseThrow(() -> new IllegalStateException("the UNet was found to fit"))
            .stream()
            .map(shape -> shape.stream().mapToLong(Long::longValue).toArray())
            .toList();
    this.length =
        (int)
            (axes.get(UnetShapes.SAMPLE)[1]
                * axes.get(UnetShapes.SAMPLE)[2]
                * axes.get(UnetShapes.SAMPLE)[3]);
    this.input = new float[batch * length];
    this.output = new float[batch * length];
    this.timesteps = new long[2];
    boolean embedded = pack.guidance().mode() == GuidanceMode.EMBEDDED;
    if (batch == 2) {
      this.conditional = inputs(axes, join(guided ? uncond : cond, cond), embedded);
      this.unconditional = null;
      this.second = null;
    } else {
      this.conditional = inputs(axes, cond, embedded);
      this.unconditional = guided ? inputs(axes, uncond, embedded) : null;
      this.second = guided ? new float[length] : null;
    }
  }

  /** The inputs of a pass; the values of sample and timestep change in place. */
  private List<Tensor> inputs(List<long[]> axes, float[] states, boolean embedded) {
    List<Tensor> tensors = new ArrayList<>();
    tensors.add(new Tensor.Floats(input, axes.get(UnetShapes.SAMPLE)));
    tensors.add(new Tensor.Ints(timesteps, axes.get(UnetShapes.TIMESTEP)));
    tensors.add(new Tensor.Constant(states, axes.get(UnetShapes.STATES)));
    for (long[] further : axes.subList(UnetShapes.COMMON, axes.size())) {
      tensors.add(
          embedded
              ? new Tensor.Constant(embedding(cfg, batch), further)
              : new Tensor.Zeros(further));
    }
    return List.copyOf(tensors);
  }

  private static float[] join(float[] first, float[] second) {
    float[] both = new float[first.length + second.length];
    System.arraycopy(first, 0, both, 0, first.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  /** Sines, then cosines, of 1000·(cfg − 1) at 128 frequencies from 1 down to 1/10000. */
  static float[] embedding(double cfg, int batch) {
    float[] values = new float[batch * UnetShapes.GUIDANCE_VALUES];
    int half = UnetShapes.GUIDANCE_VALUES / 2;
    for (int i = 0; i < half; i++) {
      double angle = 1000 * (cfg - 1) * Math.exp(-Math.log(10000) * i / (half - 1));
      for (int row = 0; row < batch; row++) {
        values[row * UnetShapes.GUIDANCE_VALUES + i] = (float) Math.sin(angle);
        values[row * UnetShapes.GUIDANCE_VALUES + half + i] = (float) Math.cos(angle);
      }
    }
    return values;
  }

  /** Values of a latent. */
  int length() {
    return length;
  }

  /**
   * Runs the UNet, once or twice.
   *
   * @param latent the sampler's input for the network
   * @param timestep what the sampler says
   * @param prediction receives the guided output
   * @throws InterruptedException if the thread was interrupted between two passes
   */
  void predict(float[] latent, int timestep, float[] prediction) throws InterruptedException {
    for (int row = 0; row < batch; row++) {
      System.arraycopy(latent, 0, input, row * length, length);
    }
    timesteps[0] = timestep;
    timesteps[1] = timestep;
    run(conditional, output);
    if (unconditional != null && second != null) {
      DiffusionPipeline.stopIfInterrupted();
      run(unconditional, second);
      Guidance.combine(second, output, cfg);
      System.arraycopy(second, 0, prediction, 0, length);
      return;
    }
    if (batch == 2 && guided) {
      Guidance.combine(output, cfg);
    }
    System.arraycopy(output, 0, prediction, 0, length);
  }

  private void run(List<Tensor> inputs, float[] target) {
    long start = System.nanoTime();
    unet.run(inputs, target);
    networkNanos += System.nanoTime() - start;
  }

  /** Nanoseconds spent inside the UNet since the last call. */
  long takeNetworkNanos() {
    long nanos = networkNanos;
    networkNanos = 0;
    return nanos;
  }
}
