package io.airbox.daemon.jobs;

import io.airbox.generation.GenerationRequest;
import io.airbox.generation.GenerationSettings;
import java.util.List;

/**
 * Turns a request into settings when it is submitted, so that bad input never waits in the queue.
 * Called on the submitting thread, several at a time.
 */
@FunctionalInterface
public interface JobPlanner {
  /**
   * Plans a request.
   *
   * @throws io.airbox.generation.GenerationException {@code INVALID_REQUEST} or {@code
   *     UNKNOWN_PACK}
   */
  Plan plan(GenerationRequest request);

  /**
   * A request with every choice made.
   *
   * @param settings what will be made
   * @param warnings what was clamped or ignored, as sentences
   */
  record Plan(GenerationSettings settings, List<String> warnings) {
    public Plan {
      warnings = List.copyOf(warnings);
    }
  }
}
