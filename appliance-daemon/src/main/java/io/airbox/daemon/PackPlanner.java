package io.airbox.daemon;

import io.airbox.daemon.jobs.JobPlanner;
import io.airbox.generation.GenerationRequest;
import io.airbox.generation.RequestPlanner;
import io.airbox.generation.pack.ModelPack;
import io.airbox.generation.pack.PackFolder;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Plans requests for the installed packs. Thread-safe. */
public final class PackPlanner implements JobPlanner {
  private final PackFolder packs;
  private final Supplier<List<String>> engines;
  private final RandomGenerator random;

  /**
   * @param packs installed packs
   * @param engine id of the engine that will run
   * @param random where seeds are drawn from
   */
  public PackPlanner(PackFolder packs, String engine, RandomGenerator random) {
    this(packs, () -> List.of(engine), random);
  }

  /**
   * @param packs installed packs
   * @param engines ids of the engines as they are now, of which the first will run that a pack has
   *     files for
   * @param random where seeds are drawn from
   */
  public PackPlanner(PackFolder packs, Supplier<List<String>> engines, RandomGenerator random) {
    this.packs = packs;
    this.engines = engines;
    this.random = random;
  }

  @Override
  public Plan plan(GenerationRequest request) {
    String name = request.pack();
    if (name == null) {
      packs.refresh();
    }
    ModelPack pack = name == null ? packs.defaultPack() : packs.find(name);
    RequestPlanner.Plan plan =
        new RequestPlanner(engines.get(), random).plan(pack.manifest(), request);
    return new Plan(plan.settings(), plan.warnings());
  }
}
