package io.airbox.generation;

import io.airbox.generation.engine.Network;
import io.airbox.generation.engine.Tensor;
import io.airbox.generation.engine.TensorInfo;
import io.airbox.generation.pack.PackManifest;
import io.airbox.generation.pack.PackManifest.GuidanceMode;
import io.airbox.generation.pack.PackManifest.Size;
import io.airbox.generation.sampling.Guidance;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The UNet with everything but latent and timestep fixed: prompts, guidance and size of a request.
 * Guidance above 1 takes a second pass, together with the first as a batch of two or after it.
 */
final class Denoiser {
  private static final int GUIDANCE_VALUES = 256;

  private final Network unet;
  private final long[] sampleShape;
  private final long[] timestepShape;
  private final double cfg;
  private final boolean guided;
  private final int batch;
  private final int length;
  private final float[] input;
  private final float[] output;
  private final float @Nullable [] second;
  private final long[] timesteps;
  private final Tensor conditional;
  private final @Nullable Tensor unconditional;
  private final @Nullable Tensor embedded;
  private long networkNanos;

  /**
   * @param cond states of the prompt, {@code rows × width} values
   * @param uncond states of the negative prompt, as many; read only when guidance needs them
   */
  Denoiser(Network unet, PackManifest pack, Size size, double cfg, float[] cond, float[] uncond) {
    this.unet = unet;
    this.cfg = cfg;
    this.guided = pack.guidance().mode() == GuidanceMode.CFG && Guidance.needsTwo(cfg);
    List<TensorInfo> inputs = unet.inputs();
    boolean alwaysTwo = inputs.get(0).shape().get(0) == 2;
    this.batch = alwaysTwo || (guided && pack.guidance().batch() == 2) ? 2 : 1;
    int downscale = pack.latent().downscale();
    int height = size.height() / downscale;
    int width = size.width() / downscale;
    this.length = pack.latent().channels() * height * width;
    this.sampleShape = new long[] {batch, pack.latent().channels(), height, width};
    this.timestepShape = timestepShape(inputs.get(1));
    this.input = new float[batch * length];
    this.output = new float[batch * length];
    this.timesteps = new long[2];
    int rows = cond.length / pack.text().width();
    long[] statesShape = {batch, rows, pack.text().width()};
    if (batch == 2) {
      this.conditional = new Tensor.Floats(join(guided ? uncond : cond, cond), statesShape);
      this.unconditional = null;
      this.second = null;
    } else {
      this.conditional = new Tensor.Floats(cond, statesShape);
      this.unconditional = guided ? new Tensor.Floats(uncond, statesShape) : null;
      this.second = guided ? new float[length] : null;
    }
    this.embedded =
        pack.guidance().mode() == GuidanceMode.EMBEDDED
            ? new Tensor.Floats(embedding(cfg, batch), batch, GUIDANCE_VALUES)
            : null;
  }

  private long[] timestepShape(TensorInfo info) {
    if (info.shape().isEmpty()) {
      return new long[0];
    }
    long fixed = info.shape().get(0);
    return new long[] {fixed > 0 ? fixed : batch};
  }

  private static float[] join(float[] first, float[] second) {
    float[] both = new float[first.length + second.length];
    System.arraycopy(first, 0, both, 0, first.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  /** Sines, then cosines, of 1000·(cfg − 1) at 128 frequencies from 1 down to 1/10000. */
  static float[] embedding(double cfg, int batch) {
    float[] values = new float[batch * GUIDANCE_VALUES];
    int half = GUIDANCE_VALUES / 2;
    for (int i = 0; i < half; i++) {
      double angle = 1000 * (cfg - 1) * Math.exp(-Math.log(10000) * i / (half - 1));
      for (int row = 0; row < batch; row++) {
        values[row * GUIDANCE_VALUES + i] = (float) Math.sin(angle);
        values[row * GUIDANCE_VALUES + half + i] = (float) Math.cos(angle);
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

  private void run(Tensor states, float[] target) {
    List<Tensor> tensors = new ArrayList<>(4);
    tensors.add(new Tensor.Floats(input, sampleShape));
    tensors.add(new Tensor.Ints(timesteps, timestepShape));
    tensors.add(states);
    if (embedded != null) {
      tensors.add(embedded);
    }
    long start = System.nanoTime();
    unet.run(tensors, target);
    networkNanos += System.nanoTime() - start;
  }

  /** Nanoseconds spent inside the UNet since the last call. */
  long takeNetworkNanos() {
    long nanos = networkNanos;
    networkNanos = 0;
    return nanos;
  }
}
