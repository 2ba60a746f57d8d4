package io.airbox.daemon.cli;

import io.airbox.daemon.PackPlanner;
import io.airbox.daemon.Places;
import io.airbox.daemon.config.EngineConfig;
import io.airbox.daemon.http.JobJson;
import io.airbox.daemon.jobs.JobPlanner;
import io.airbox.daemon.pictures.DataLock;
import io.airbox.generation.DiffusionPipeline;
import io.airbox.generation.GeneratedPicture;
import io.airbox.generation.GenerationListener;
import io.airbox.generation.GenerationRequest;
import io.airbox.generation.Infotext;
import io.airbox.generation.engine.onnx.OnnxEngine;
import io.airbox.generation.image.Png;
import io.airbox.generation.image.RgbImage;
import io.airbox.generation.pack.FileVerifier;
import io.airbox.generation.pack.PackFolder;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Pictures that this process makes itself, with the lock on DATA held. The pipeline runs right
 * here: a second process would only protect a daemon from it, and this one ends anyway.
 */
final class LocalPictures implements PictureSource {
  private final DataLock lock;
  private final JobPlanner planner;
  private final OnnxEngine engine;
  private final DiffusionPipeline pipeline;

  private LocalPictures(
      DataLock lock, JobPlanner planner, OnnxEngine engine, DiffusionPipeline pipeline) {
    this.lock = lock;
    this.planner = planner;
    this.engine = engine;
    this.pipeline = pipeline;
  }

  /**
   * Takes the lock and prepares the engine.
   *
   * @throws io.airbox.daemon.pictures.DataLockedException another process works on the data
   * @throws CommandFailure the engine is not one that runs inside this process
   */
  static LocalPictures open(Places places, EngineConfig config) {
    if (config.kind().equals("bm1684x")) {
      throw new CommandFailure(
          ExitCodes.FAILED,
          "the engine bm1684x runs in the daemon's worker only; start `airbox run` first");
    }
    DataLock lock = DataLock.acquire(places.data(), InstantSource.system());
    try {
      places.announceNativeLibraries();
      Path cache = places.data().resolve("cache");
      PackFolder packs = PackFolder.open(places.models().toArray(Path[]::new));
      OnnxEngine engine =
          OnnxEngine.create(new OnnxEngine.Options(config.threads(), cache.resolve("onnxruntime")));
      DiffusionPipeline pipeline =
          new DiffusionPipeline(
              engine,
              packs,
              new DiffusionPipeline.Options(
                  cache.resolve("tokenizers"), new FileVerifier(cache.resolve("verified.json"))));
      return new LocalPictures(
          lock, new PackPlanner(packs, engine.id(), new SecureRandom()), engine, pipeline);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  @Override
  public Result make(GenerationRequest request, ProgressLine progress) {
    JobPlanner.Plan plan = planner.plan(request);
    List<GeneratedPicture> pictures;
    try {
      pictures =
          pipeline.make(
              plan.settings(),
              request.image(),
              false,
              new Watcher(progress, plan.settings().count()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure(ExitCodes.FAILED, "interrupted", e);
    }
    Set<String> warnings = new LinkedHashSet<>(plan.warnings());
    List<Made> made = new ArrayList<>();
    for (GeneratedPicture picture : pictures) {
      warnings.addAll(picture.warnings());
      byte[] png =
          Png.encode(picture.image(), Map.of(Infotext.KEYWORD, Infotext.of(picture).text()));
      made.add(new Made(png, JobJson.settings(picture.settings())));
    }
    return new Result(made, List.copyOf(warnings));
  }

  @Override
  public void close() {
    try (lock;
        engine;
        pipeline) {
      // closed in the reverse order
    }
  }

  /** Shows progress. */
  private record Watcher(ProgressLine line, int pictures) implements GenerationListener {
    @Override
    public void stage(int picture, Stage stage) {
      if (stage == Stage.LOADING) {
        line.show(0, "loading the model");
      }
    }

    @Override
    public void step(int picture, int step, int steps, @Nullable RgbImage preview) {
      double fraction = (picture + (double) step / steps) / pictures;
      line.show(fraction, String.format(Locale.ROOT, "step %d/%d", step, steps));
    }
  }
}
