package io.airbox.generation.memory;

import static io.airbox.generation.memory.ShelfPacks.pack;
import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationException.Reason;
import io.airbox.generation.pack.ModelPack;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Random lives of a shelf beside a model of what has to hold. */
final class PackShelfPropertiesTest {
  private static final long HEAP = 1000;
  private static final long HEADROOM = 50;

  /** Files by pack; some have a text encoder or a decoder in common. */
  private static final Map<String, List<String>> FILES =
      Map.of(
          "a", List.of("50-text", "200-unet-a", "100-vae"),
          "b", List.of("50-text", "300-unet-b", "100-vae"),
          "c", List.of("50-text", "150-unet-c", "30-vae-c"),
          "d", List.of("10-text-d", "500-unet-d", "60-vae-d"),
          "e", List.of("20-text-e", "880-unet-e", "40-vae-e"),
          "f", List.of("5-text-f", "1100-unet-f", "5-vae-f"));

  private enum Act {
    USE,
    PIN,
    UNPIN,
    UNLOAD,
    OTHERS
  }

  private record Step(Act act, String pack, int amount) {}

  @Provide
  Arbitrary<List<Step>> lives() {
    return Combinators.combine(
            Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.just(Act.USE)), Tuple.of(5, Arbitraries.of(Act.class))),
            Arbitraries.of("a", "b", "c", "d", "e", "f"),
            Arbitraries.integers().between(0, 600))
        .as(Step::new)
        .list()
        .ofMaxSize(40);
  }

  @Provide
  Arbitrary<OptionalLong> limits() {
    return Arbitraries.longs()
        .between(300, 1100)
        .map(OptionalLong::of)
        .injectNull(0.4)
        .map(limit -> limit == null ? OptionalLong.empty() : limit);
  }

  private record Built(PackNetworks networks) implements PackShelf.Opened {
    @Override
    public void close() {
      // holds nothing itself
    }
  }

  /** What the networks of some packs take, those in common once. */
  private static long bytes(Set<String> packs) {
    Set<String> files = new HashSet<>();
    packs.forEach(pack -> files.addAll(FILES.get(pack)));
    return files.stream().mapToLong(FakeEngine::size).sum();
  }

  private static boolean fits(Set<String> packs, OptionalLong limit, long others) {
    long need = bytes(packs);
    return need <= limit.orElse(Long.MAX_VALUE) && need + others + HEADROOM <= HEAP;
  }

  private static ModelPack packOf(String name) {
    return pack(name, "1.0.0", FILES.get(name).toArray(String[]::new));
  }

  @Property(tries = 1500)
  void everyLifeKeepsTheRules(
      @ForAll("lives") List<Step> life,
      @ForAll("limits") OptionalLong limit,
      @ForAll boolean keepsWeights) {
    FakeEngine engine = new FakeEngine(HEAP);
    engine.keepsWeights = keepsWeights;
    PackShelf<Built> shelf =
        new PackShelf<>(new MemoryPolicy(limit, HEADROOM), InstantSource.system());
    List<String> order = new ArrayList<>(); // the model: loaded, the least recently used first
    Set<String> pinned = new HashSet<>();
    for (Step step : life) {
      String name = step.pack();
      switch (step.act()) {
        case USE -> use(shelf, engine, name, order, pinned, limit);
        case PIN -> {
          assertThat(shelf.pin(name, true)).isEqualTo(order.contains(name));
          if (order.contains(name)) {
            pinned.add(name);
          }
        }
        case UNPIN -> {
          shelf.pin(name, false);
          pinned.remove(name);
        }
        case UNLOAD -> {
          assertThat(shelf.unload(name)).isEqualTo(order.remove(name));
          pinned.remove(name);
        }
        case OTHERS -> engine.others = Math.min(step.amount(), HEAP - engine.ours());
      }
      check(shelf, engine, order, pinned, limit);
    }
    shelf.close();
    assertThat(engine.used()).isEqualTo(engine.others);
  }

  private static void use(
      PackShelf<Built> shelf,
      FakeEngine engine,
      String name,
      List<String> order,
      Set<String> pinned,
      OptionalLong limit) {
    Set<String> before = new HashSet<>(order);
    Set<String> least = new HashSet<>(pinned);
    least.add(name);
    try {
      shelf
          .use(
              packOf(name),
              engine,
              ShelfPacks.ROLES,
              networks -> {
                networks.await();
                return new Built(networks);
              })
          .close();
    } catch (GenerationException refused) {
      assertThat(refused.reason()).isEqualTo(Reason.OUT_OF_MEMORY);
      assertThat(fits(least, limit, engine.others)).as("was refused: %s", refused).isFalse();
      assertThat(names(shelf, engine)).as("nobody goes for a refusal").isEqualTo(order);
      return;
    }
    if (!before.contains(name)) {
      Set<String> all = new HashSet<>(before);
      all.add(name);
      List<String> now = names(shelf, engine);
      List<String> gone = order.stream().filter(pack -> !now.contains(pack)).toList();
      assertThat(gone)
          .as("nobody goes when all fit")
          .matches(list -> list.isEmpty() || !fits(all, limit, engine.others));
      for (String pack : gone) {
        Set<String> spared = new HashSet<>(now);
        spared.add(pack);
        assertThat(fits(spared, limit, engine.others)).as("%s went in vain", pack).isFalse();
      }
      assertThat(Collections.disjoint(pinned, gone)).as("pinned packs stay").isTrue();
      order.removeAll(gone);
    }
    order.remove(name);
    order.add(name);
  }

  private static List<String> names(PackShelf<Built> shelf, FakeEngine engine) {
    return shelf.report(engine, List.of(engine)).packs().stream().map(PackMemory::name).toList();
  }

  private static void check(
      PackShelf<Built> shelf,
      FakeEngine engine,
      List<String> order,
      Set<String> pinned,
      OptionalLong limit) {
    MemoryReport report = shelf.report(engine, List.of(engine));
    assertThat(report.packs()).extracting(PackMemory::name).isEqualTo(order);
    assertThat(report.packs())
        .allSatisfy(pack -> assertThat(pack.pinned()).isEqualTo(pinned.contains(pack.name())));
    HeapMemory heap = report.heaps().get(0);
    assertThat(heap.oursBytes()).isEqualTo(engine.ours()).isEqualTo(bytes(new HashSet<>(order)));
    assertThat(heap.oursBytes()).isLessThanOrEqualTo(limit.orElse(Long.MAX_VALUE));
    assertThat(heap.othersBytes()).hasValue(engine.others);
    assertThat(heap.peakBytes()).isGreaterThanOrEqualTo(heap.oursBytes());
    assertThat(engine.kept).as("kept by the runtime").isZero();
  }
}
