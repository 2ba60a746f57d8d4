package io.airbox.generation.engine;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Engines in order of preference, each opened when it is first needed and closed with this. Used by
 * one thread at a time, as they are.
 *
 * <pre>{@code
 * Engines engines = new Engines(List.of(
 *     new Engines.Source("bm1684x", () -> Bm1684xEngine.open(…)),
 *     new Engines.Source("onnx", () -> OnnxEngine.create(…))));
 * }</pre>
 */
public final class Engines implements AutoCloseable {
  private final List<Source> sources;
  private final List<Engine> opened = new ArrayList<>();

  /**
   * Where an engine comes from.
   *
   * @param id the id that the engine has
   * @param opening opens it; called once, unless it fails
   */
  public record Source(String id, Supplier<? extends Engine> opening) {}

  /**
   * @param sources the preferred one first; at least one
   */
  public Engines(List<Source> sources) {
    if (sources.isEmpty()) {
      throw new IllegalArgumentException("there has to be an engine");
    }
    this.sources = List.copyOf(sources);
  }

  /** One engine that is open already. */
  public static Engines of(Engine engine) {
    return new Engines(List.of(new Source(engine.id(), () -> engine)));
  }

  /** The ids, the preferred one first. */
  public List<String> ids() {
    return sources.stream().map(Source::id).toList();
  }

  /**
   * The preferred engine.
   *
   * @throws io.airbox.generation.GenerationException it cannot be opened
   */
  public Engine preferred() {
    return open(sources.get(0));
  }

  /**
   * The first engine that is one of {@code usable}; empty when none is.
   *
   * @throws io.airbox.generation.GenerationException it cannot be opened; the next request tries
   *     again
   */
  public Optional<Engine> firstOf(Collection<String> usable) {
    return sources.stream()
        .filter(source -> usable.contains(source.id()))
        .findFirst()
        .map(this::open);
  }

  /** The engines that are open, in the order in which they were opened. */
  public List<Engine> opened() {
    return List.copyOf(opened);
  }

  private Engine open(Source source) {
    for (Engine engine : opened) {
      if (engine.id().equals(source.id())) {
        return engine;
      }
    }
    Engine fresh = source.opening().get();
    opened.add(fresh);
    return fresh;
  }

  /** Closes those that were opened, the youngest first. */
  @Override
  public void close() {
    while (!opened.isEmpty()) {
      opened.remove(opened.size() - 1).close();
    }
  }
}
