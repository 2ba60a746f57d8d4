package io.airbox.generation;

import io.airbox.generation.GeneratedPicture.Timings;
import io.airbox.generation.GenerationException.Reason;
import io.airbox.generation.GenerationListener.Stage;
import io.airbox.generation.engine.Engine;
import io.airbox.generation.engine.Engines;
import io.airbox.generation.engine.Network;
import io.airbox.generation.engine.Tensor;
import io.airbox.generation.image.LatentPreview;
import io.airbox.generation.image.Planes;
import io.airbox.generation.image.RgbImage;
import io.airbox.generation.memory.MemoryPolicy;
import io.airbox.generation.memory.MemoryReport;
import io.airbox.generation.memory.PackShelf;
import io.airbox.generation.pack.FileVerifier;
import io.airbox.generation.pack.ModelPack;
import io.airbox.generation.pack.PackFolder;
import io.airbox.generation.pack.PackManifest;
import io.airbox.generation.pack.PackManifest.GuidanceMode;
import io.airbox.generation.pack.PackManifest.Role;
import io.airbox.generation.pack.PackManifest.Size;
import io.airbox.generation.prompt.PromptEncoder.Subject;
import io.airbox.generation.prompt.TextStates;
import io.airbox.generation.random.NormalSource;
import io.airbox.generation.sampling.Guidance;
import io.airbox.generation.sampling.Sampler;
import io.airbox.generation.sampling.SamplingPlan;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes pictures in this process: prompt → text states → denoising → decoder → pixels, with any
 * pack on any engine.
 *
 * <pre>{@code
 * try (var engine = OnnxEngine.create(OnnxEngine.Options.defaults());
 *     var pipeline = new DiffusionPipeline(engine, PackFolder.open(models), options)) {
 *   pipeline.make(settings, null, false, GenerationListener.SILENT);
 * }
 * }</pre>
 *
 * <p>Packs stay loaded as memory admits, see {@link PackShelf}. Every stage's output is checked, so
 * that a failing engine gives an error and never a black picture. Requests of several threads wait
 * for each other; an engine that belongs to one thread has to be used from that alone.
 */
public final class DiffusionPipeline implements PackHost, AutoCloseable {
  /** Channels this near to one level all over are no picture. */
  static final int FLAT_LEVELS = 1;

  private final Engines engines;
  private final PackFolder packs;
  private final Options options;
  private final PackShelf<LoadedPack> shelf;

  /**
   * What a pipeline needs besides engines and packs.
   *
   * @param nativeFolder writable folder, not mounted noexec, for the tokenizer's native library
   * @param verifier checks the files of a pack before they are loaded
   * @param memory how much of the heaps packs may fill
   * @param clock tells when packs were used
   */
  public record Options(
      Path nativeFolder, FileVerifier verifier, MemoryPolicy memory, InstantSource clock) {
    /** The usual memory policy. */
    public Options(Path nativeFolder, FileVerifier verifier) {
      this(nativeFolder, verifier, MemoryPolicy.DEFAULT, InstantSource.system());
    }
  }

  /**
   * @param engines run the networks, of each pack the first that it has files for; not closed here
   * @param packs where packs are looked up at every request
   * @param options folders and limits
   */
  public DiffusionPipeline(Engines engines, PackFolder packs, Options options) {
    this.engines = engines;
    this.packs = packs;
    this.options = options;
    this.shelf = new PackShelf<>(options.memory(), options.clock());
  }

  /** With one engine, which is not closed here. */
  public DiffusionPipeline(Engine engine, PackFolder packs, Options options) {
    this(Engines.of(engine), packs, options);
  }

  @Override
  public synchronized void load(String pack) {
    ModelPack found = packs.find(pack);
    use(found, engine(found)).close();
  }

  /** The preferred one of those that a pack has files for. */
  private Engine engine(ModelPack pack) {
    PackManifest manifest = pack.manifest();
    return engines
        .firstOf(manifest.engines().keySet())
        .orElseThrow(
            () ->
                new GenerationException(
                    Reason.INVALID_PACK,
                    Message.of(
                        "pack %s has no files for engine %s, only for %s",
                        manifest.name(),
                        String.join(" or ", engines.ids()),
                        String.join(", ", manifest.engines().keySet()))));
  }

  private PackShelf<LoadedPack>.Use use(ModelPack pack, Engine engine) {
    if (!shelf.holds(pack, engine)) {
      options.verifier().verify(pack, engine.id());
    }
    return shelf.use(
        pack,
        engine,
        LoadedPack.ROLES,
        networks -> new LoadedPack(networks, options.nativeFolder()));
  }

  @Override
  public synchronized void unload(String pack) {
    if (!shelf.unload(pack)) {
      packs.find(pack);
    }
  }

  @Override
  public synchronized void pin(String pack, boolean pinned) {
    if (pinned) {
      load(pack);
    }
    if (!shelf.pin(pack, pinned)) {
      packs.find(pack);
    }
  }

  @Override
  public synchronized MemoryReport memory() {
    Engine preferred = engines.preferred();
    return shelf.report(preferred, engines.opened());
  }

  @Override
  public synchronized Optional<String> retirement() {
    return engines.opened().stream().flatMap(engine -> engine.retirement().stream()).findFirst();
  }

  /** Gives the memory of all packs back. */
  @Override
  public synchronized void close() {
    shelf.close();
  }

  @Override
  public synchronized List<GeneratedPicture> make(
      GenerationSettings settings,
      @Nullable RgbImage image,
      boolean preview,
      GenerationListener listener)
      throws InterruptedException {
    stopIfInterrupted();
    ModelPack pack = packs.find(settings.pack());
    Engine engine = engine(pack);
    if (!shelf.holds(pack, engine)) {
      listener.stage(0, Stage.LOADING);
    }
    try (PackShelf<LoadedPack>.Use use = use(pack, engine)) {
      return new Job(use.pack(), settings, image, preview, listener).run();
    }
  }

  static void stopIfInterrupted() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("cancelled");
    }
  }

  /** One request. */
  private static final class Job {
    private final LoadedPack pack;
    private final PackManifest manifest;
    private final GenerationSettings settings;
    private final @Nullable RgbImage image;
    private final boolean preview;
    private final GenerationListener listener;
    private final Size size;
    private final int cellWidth;
    private final int cellHeight;
    private final SamplingPlan plan;
    private final List<String> warnings = new ArrayList<>();
    private long networkNanos;

    Job(
        LoadedPack pack,
        GenerationSettings settings,
        @Nullable RgbImage image,
        boolean preview,
        GenerationListener listener) {
      this.pack = pack;
      this.manifest = pack.manifest();
      this.settings = settings;
      this.image = image;
      this.preview = preview;
      this.listener = listener;
      this.size = new Size(settings.width(), settings.height());
      if (!manifest.sizes().contains(size)) {
        throw GenerationException.invalid(
            "width", Message.of("size %s is not one of %s", size, manifest.sizes()));
      }
      if ((image == null) != (settings.strength() == null)) {
        throw new IllegalArgumentException("an image goes with a strength, and only with one");
      }
      this.cellWidth = size.width() / manifest.latent().downscale();
      this.cellHeight = size.height() / manifest.latent().downscale();
      this.plan =
          SamplingPlan.of(
              settings.sampler(),
              settings.spacing(),
              manifest.schedule().noise(),
              settings.steps(),
              settings.strength());
    }

    List<GeneratedPicture> run() throws InterruptedException {
      long begin = System.nanoTime();
      listener.stage(0, Stage.TEXT);
      Denoiser denoiser = denoiser();
      long textNanos = System.nanoTime() - begin;
      Sampler sampler = new Sampler(plan, manifest.schedule().prediction(), denoiser.length());
      List<GeneratedPicture> pictures = new ArrayList<>();
      for (int index = 0; index < settings.count(); index++) {
        GeneratedPicture picture =
            picture(index, denoiser, sampler, begin, index == 0 ? textNanos : 0);
        pictures.add(picture);
        listener.picture(index, picture);
        begin = System.nanoTime();
      }
      return pictures;
    }

    private Denoiser denoiser() throws InterruptedException {
      TextStates prompt = encode(Subject.PROMPT, settings.prompt());
      TextStates negative = prompt;
      if (manifest.guidance().mode() == GuidanceMode.CFG && Guidance.needsTwo(settings.cfg())) {
        stopIfInterrupted();
        negative = encode(Subject.NEGATIVE_PROMPT, settings.negativePrompt());
      }
      int rows = Math.max(prompt.rows(), negative.rows());
      float[] conditional = pack.prompts().extend(prompt, rows).values();
      float[] unconditional = pack.prompts().extend(negative, rows).values();
      networkNanos += pack.prompts().takeNetworkNanos();
      return new Denoiser(
          pack.network(Role.UNET), manifest, size, settings.cfg(), conditional, unconditional);
    }

    private TextStates encode(Subject subject, String text) {
      TextStates states = pack.prompts().encode(subject, text);
      warnings.addAll(states.warnings());
      Planes.requireFinite(states.values(), () -> stage("the text encoder's output"));
      return states;
    }

    private GeneratedPicture picture(
        int index, Denoiser denoiser, Sampler sampler, long begin, long textNanos)
        throws InterruptedException {
      long seed = (settings.seed() + index) % (RequestPlanner.LARGEST_SEED + 1);
      NormalSource noise = settings.noise().source(seed);
      long denoiseBegin = System.nanoTime();
      listener.stage(index, Stage.DENOISING);
      float[] latent = new float[denoiser.length()];
      denoise(index, denoiser, sampler, noise, latent);
      long decodeBegin = System.nanoTime();
      listener.stage(index, Stage.DECODING);
      RgbImage made = decode(latent);
      long end = System.nanoTime();
      long network = networkNanos + denoiser.takeNetworkNanos();
      networkNanos = 0;
      return new GeneratedPicture(
          made,
          settings.forPicture(seed),
          pack.engine().id(),
          pack.pack().digest(),
          List.copyOf(warnings),
          new Timings(
              textNanos,
              decodeBegin - denoiseBegin,
              end - decodeBegin,
              end - begin,
              network,
              sampler.steps()));
    }

    private void denoise(
        int index, Denoiser denoiser, Sampler sampler, NormalSource noise, float[] latent)
        throws InterruptedException {
      if (image == null) {
        sampler.start(latent, noise);
      } else {
        encode(image, noise, latent);
        sampler.startFrom(latent, noise);
      }
      float[] input = new float[latent.length];
      float[] output = new float[latent.length];
      for (int step = 0; step < sampler.steps(); step++) {
        stopIfInterrupted();
        sampler.modelInput(step, latent, input);
        int done = step + 1;
        denoiser.predict(input, sampler.timestep(step), output);
        Planes.requireFinite(
            output,
            () -> stage(Message.of("the UNet's output in step %d of %d", done, sampler.steps())));
        sampler.step(step, latent, output, noise);
        listener.step(index, done, sampler.steps(), look(sampler));
      }
      stopIfInterrupted();
    }

    private @Nullable RgbImage look(Sampler sampler) {
      LatentPreview look = manifest.latent().preview();
      return preview && look != null
          ? look.render(sampler.denoised(), cellWidth, cellHeight)
          : null;
    }

    /** Puts the latent of the picture to start from into {@code latent}. */
    private void encode(RgbImage start, NormalSource noise, float[] latent) {
      float[] planes = new float[3 * size.width() * size.height()];
      Planes.fromImage(StartImage.cover(start, size.width(), size.height()), planes);
      float[] moments = new float[2 * latent.length];
      run(Role.VAE_ENCODER, new Tensor.Floats(planes, 1, 3, size.height(), size.width()), moments);
      Planes.requireFinite(moments, () -> stage("the VAE encoder's output"));
      manifest.latent().scaling().fromEncoder(moments, noise, latent);
    }

    private RgbImage decode(float[] latent) throws InterruptedException {
      manifest.latent().scaling().toDecoder(latent, latent);
      float[] planes = new float[3 * size.width() * size.height()];
      run(
          Role.VAE_DECODER,
          new Tensor.Floats(latent, 1, manifest.latent().channels(), cellHeight, cellWidth),
          planes);
      Planes.requireFinite(planes, () -> stage("the VAE decoder's output"));
      RgbImage made = Planes.toImage(planes, size.width(), size.height());
      if (made.isFlat(FLAT_LEVELS)) {
        throw new GenerationException(
            Reason.ENGINE_FAULT,
            stage("the picture") + " is one flat colour; its files or the engine are not in order");
      }
      return made;
    }

    private void run(Role role, Tensor input, float[] output) {
      Network network = pack.network(role);
      long begin = System.nanoTime();
      network.run(List.of(input), output);
      networkNanos += System.nanoTime() - begin;
    }

    private String stage(String what) {
      return Message.of(
          "%s (pack %s, engine %s, %s)", what, manifest.name(), pack.engine().id(), size);
    }
  }
}
