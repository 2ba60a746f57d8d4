package io.airbox.daemon;

import io.airbox.daemon.jobs.JobPlanner;
import io.airbox.generation.GenerationRequest;
import io.airbox.generation.RequestPlanner;
import io.airbox.generation.pack.ModelPack;
import io.airbox.generation.pack.PackFolder;
import java.util.random.RandomGenerator;

/** Plans requests for the installed packs. Thread-safe. */
public final class PackPlanner implements JobPlanner {
  private final PackFolder packs;
  private final RequestPlanner planner;

  /**
   * @param packs installed packs
   * @param engine id of the engine that will run
   * @param random where seeds are drawn from
   */
  public PackPlanner(PackFolder packs, String engine, RandomGenerator random) {
    this.packs = packs;
    this.planner = new RequestPlanner(engine, random);
  }

  @Override
  public Plan plan(GenerationRequest request) {
    String name = request.pack();
    if (name == null) {
      packs.refresh();
    }
    ModelPack pack = name == null ? packs.defaultPack() : packs.find(name);
    RequestPlanner.Plan plan = planner.plan(pack.manifest(), request);
    return new Plan(plan.settings(), plan.warnings());
  }
}
