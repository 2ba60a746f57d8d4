package io.airbox.generation;

/** Placeholder until packs land. */
final class RequestPlanner {
  private RequestPlanner() {}
}
