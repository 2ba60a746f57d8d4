package io.airbox.daemon.updates;

import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationException.Reason;
import io.airbox.generation.PackSelfTest;
import io.airbox.generation.pack.ModelPack;
import io.airbox.generation.pack.PackManifest;
import io.airbox.generation.worker.EngineWorker;
import io.airbox.ota.release.Release;
import io.airbox.ota.update.Trial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * Tries a pack in an engine's process of its own, beside the one that makes the pictures: whatever
 * it does there, that one goes on. Only when the memory does not hold both, requests wait, and what
 * is loaded goes until the trial is over.
 */
public final class EngineTrial implements Trial {
  /** How long earlier requests may take when the memory does not hold both. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final Path folder;
  private final Start start;
  private final @Nullable EngineWorker main;

  /** Starts an engine's process. */
  @FunctionalInterface
  public interface Start {
    /**
     * @param models folders with the packs that it may load
     * @param run its own folder for the socket
     */
    EngineWorker start(List<Path> models, Path run) throws IOException;
  }

  /**
   * @param folder its own, for the time of a trial
   * @param main makes the pictures meanwhile; null when nothing does
   */
  public EngineTrial(Path folder, Start start, @Nullable EngineWorker main) {
    this.folder = folder;
    this.start = start;
    this.main = main;
  }

  @Override
  public Attempt prepare(Release release, Path pack) throws IOException, InterruptedException {
    Path models = folder.resolve("models");
    deleteTree(models);
    Files.createDirectories(models);
    Files.createSymbolicLink(models.resolve(release.pack()), pack.toRealPath());
    EngineWorker engine = start(models);
    boolean ready = false;
    try {
      try {
        engine.unload(release.pack(), PATIENCE); // nothing is loaded: waits until it is ready
      } catch (GenerationException e) {
        if (engine.status().engine() == null) {
          throw new IOException("no engine can be started to try it on: " + e.getMessage(), e);
        }
        // else of the pack: that shows again
      } catch (TimeoutException nobodyElseAsks) {
        throw new IllegalStateException(nobodyElseAsks);
      }
      ready = true;
      return new Probe(engine, release, pack);
    } finally {
      if (!ready) {
        engine.close();
      }
    }
  }

  private EngineWorker start(Path models) throws IOException {
    try {
      return start.start(List.of(models), folder);
    } catch (GenerationException e) {
      throw new IOException("no engine can be started to try it on: " + e.getMessage(), e);
    }
  }

  private static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(root)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  /** With the engine's process, ready. */
  private final class Probe implements Attempt {
    private final EngineWorker engine;
    private final Release release;
    private final Path pack;

    Probe(EngineWorker engine, Release release, Path pack) {
      this.engine = engine;
      this.release = release;
      this.pack = pack;
    }

    @Override
    public Verdict run() throws IOException, InterruptedException {
      try {
        PackManifest manifest = ModelPack.open(pack).manifest();
        String flaw = flaw(manifest);
        return flaw == null ? judge(manifest) : new Verdict.Failed(flaw);
      } catch (GenerationException e) {
        return new Verdict.Failed(String.valueOf(e.getMessage()));
      }
    }

    private @Nullable String flaw(PackManifest manifest) {
      if (!manifest.name().equals(release.pack())
          || !manifest.version().equals(release.version())) {
        return "its pack.json calls it "
            + manifest.name()
            + " "
            + manifest.version()
            + ", its release "
            + release.pack()
            + " "
            + release.version();
      }
      return manifest.selfTest() == null
          ? "it has no self-test that could prove it; add self_test to its pack.json"
          : null;
    }

    private Verdict judge(PackManifest manifest) throws IOException, InterruptedException {
      try {
        return probe(manifest);
      } catch (GenerationException e) {
        if (e.reason() != Reason.OUT_OF_MEMORY || main == null) {
          throw e;
        }
        Logger.info("{} is tried without other packs in memory: {}", name(), e.getMessage());
      }
      try (EngineWorker.Aside aside = main.stepAside(PATIENCE)) {
        Logger.debug("requests wait for the trial of {}: {}", name(), aside);
        return probe(manifest);
      } catch (TimeoutException e) {
        throw new IOException(
            name() + " needs the memory of what is loaded, and " + e.getMessage(), e);
      }
    }

    private String name() {
      return release.pack() + " " + release.version();
    }

    /** Within its time; whoever does not heed the end of that is killed by the worker's owner. */
    private Verdict probe(PackManifest manifest) throws InterruptedException {
      FutureTask<PackSelfTest.Result> test =
          new FutureTask<>(() -> PackSelfTest.run(engine, manifest));
      Thread thread = new Thread(test, "airbox-trial");
      thread.setDaemon(true);
      thread.start();
      try {
        return verdict(test.get(release.probeSeconds(), TimeUnit.SECONDS), manifest);
      } catch (TimeoutException e) {
        return new Verdict.Failed(
            "it did not end its self-test within " + release.probeSeconds() + " s");
      } catch (ExecutionException e) {
        if (e.getCause() instanceof GenerationException failure) {
          throw failure;
        }
        return new Verdict.Failed("its self-test broke off: " + e.getCause());
      } finally {
        test.cancel(true);
      }
    }

    private static Verdict verdict(PackSelfTest.Result result, PackManifest manifest) {
      PackManifest.SelfTest test = manifest.selfTest();
      if (result.passed() || test == null) {
        return new Verdict.Passed();
      }
      return new Verdict.Failed(
          String.format(
              Locale.ROOT,
              "the picture of its self-test is %.1f of 255 away from the one that it promises, and"
                  + " may be %.1f",
              result.distance(),
              test.tolerance()));
    }

    @Override
    public void close() {
      engine.close();
      try {
        deleteTree(folder.resolve("models"));
      } catch (IOException e) {
        Logger.debug("{} is left: {}", folder, e.toString());
      }
    }
  }
}
