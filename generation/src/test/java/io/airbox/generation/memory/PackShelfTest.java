package io.airbox.generation.memory;

import static io.airbox.generation.memory.ShelfPacks.pack;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationException.Reason;
import io.airbox.generation.engine.Network;
import io.airbox.generation.pack.ModelPack;
import io.airbox.generation.pack.PackManifest.Role;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PackShelfTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private final FakeEngine engine = new FakeEngine(1000);
  private final List<String> closed = new ArrayList<>();
  private PackShelf<Built> shelf = shelf(OptionalLong.empty(), 0);

  private static PackShelf<Built> shelf(OptionalLong limit, long headroom) {
    return new PackShelf<>(new MemoryPolicy(limit, headroom), InstantSource.fixed(NOW));
  }

  /** What is built on a pack's networks here: nothing that counts. */
  private record Built(PackNetworks networks, List<String> closed) implements PackShelf.Opened {
    @Override
    public void close() {
      assertThat(networks.memory()).as("closed before the networks").isNotEmpty();
      closed.add(networks.pack().manifest().name());
    }
  }

  private PackShelf<Built>.Use use(ModelPack pack) {
    return shelf.use(
        pack,
        engine,
        ShelfPacks.ROLES,
        networks -> {
          networks.await();
          return new Built(networks, closed);
        });
  }

  private void load(ModelPack pack) {
    use(pack).close();
  }

  private GenerationException refused(ModelPack pack) {
    GenerationException refusal = catchThrowableOfType(GenerationException.class, () -> load(pack));
    assertThat(refusal).as("refusal of %s", pack.manifest().name()).isNotNull();
    assertThat(refusal.reason()).isEqualTo(Reason.OUT_OF_MEMORY);
    return refusal;
  }

  private MemoryReport report() {
    return shelf.report(engine, List.of(engine));
  }

  private List<String> loaded() {
    return report().packs().stream().map(PackMemory::name).toList();
  }

  @Test
  void keepsPacksWhileTheyFit() {
    load(pack("a", 400));
    load(pack("b", 600));
    load(pack("a", 400));
    assertThat(loaded()).containsExactly("b", "a");
    assertThat(engine.loads).hasSize(6);
    assertThat(engine.ours()).isEqualTo(1000);
  }

  @Test
  void whatWasNotUsedForLongestGoesFirst() {
    load(pack("a", 400));
    load(pack("b", 400));
    load(pack("a", 400));
    load(pack("c", 400));
    assertThat(loaded()).containsExactly("a", "c");
    assertThat(closed).containsExactly("b");
    assertThat(report().evictions()).isEqualTo(1);
  }

  @Test
  void nothingGoesThatNeedNot() {
    load(pack("small", 100));
    load(pack("large", 800));
    load(pack("next", 850));
    assertThat(loaded()).containsExactly("small", "next");
  }

  @Test
  void refusesBeforeAnythingGoesWhenThatWouldNotDo() {
    load(pack("a", 300));
    load(pack("b", 300));
    assertThat(refused(pack("huge", 1001)))
        .hasMessageContaining("pack huge needs 1001 bytes more memory of engine fake")
        .hasMessageContaining("1000 bytes can be had")
        .hasMessageContaining("take a smaller pack");
    assertThat(loaded()).containsExactly("a", "b");
    assertThat(engine.loads).hasSize(6);
    assertThat(report()).returns(0L, MemoryReport::evictions).returns(1L, MemoryReport::refusals);
  }

  @Test
  void pinnedAndRunningPacksStayAndAreNamed() {
    load(pack("pinned", 400));
    assertThat(shelf.pin("pinned", true)).isTrue();
    try (PackShelf<Built>.Use running = use(pack("running", 300))) {
      engine.others = 50;
      assertThat(refused(pack("c", 300)))
          .hasMessageContaining("250 bytes can be had")
          .hasMessageContaining("of 1000 bytes other programs hold 50 bytes")
          .hasMessageContaining("what stays is pinned (pinned), running (in use)")
          .hasMessageContaining("unpin a pack, end other programs that use this memory, or");
      assertThat(running.pack().networks().memory()).hasSize(3);
      assertThat(report().packs())
          .extracting(PackMemory::name, PackMemory::pinned, PackMemory::running)
          .containsExactly(tuple("pinned", true, false), tuple("running", false, true));
    }
    load(pack("c", 300));
    assertThat(loaded()).containsExactly("pinned", "c");
    shelf.pin("pinned", false);
    load(pack("d", 600));
    assertThat(loaded()).containsExactly("c", "d");
  }

  @Test
  void twoPacksThatDoNotFitTogetherTakeTurns() {
    shelf = shelf(OptionalLong.of(500), 0);
    long start = engine.used();
    for (int i = 0; i < 10; i++) {
      load(pack("a", 400));
      assertThat(loaded()).containsExactly("a");
      load(pack("b", 300));
      assertThat(loaded()).containsExactly("b");
    }
    assertThat(report()).returns(19L, MemoryReport::evictions).returns(0L, MemoryReport::refusals);
    assertThat(shelf.unload("b")).isTrue();
    assertThat(engine.used()).isEqualTo(start);
    assertThat(report().heaps().get(0))
        .returns(0L, HeapMemory::oursBytes)
        .returns(400L, HeapMemory::peakBytes);
  }

  @Test
  void theLimitIsToldWhenItBinds() {
    shelf = shelf(OptionalLong.of(500), 0);
    load(pack("a", 400));
    shelf.pin("a", true);
    assertThat(refused(pack("b", 101)))
        .hasMessageContaining("needs 101 bytes")
        .hasMessageContaining("the limit is 500 bytes, of which 400 bytes is taken by what stays")
        .hasMessageContaining("what stays is a (pinned); unpin a pack, raise the limit, or");
    load(pack("c", 100));
  }

  @Test
  void headroomStaysFree() {
    shelf = shelf(OptionalLong.empty(), 100);
    refused(pack("a", 901));
    load(pack("a", 900));
    engine.others = 100;
    load(pack("b", 800));
    assertThat(loaded()).containsExactly("b");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aLoadThatFailsHalfWayGivesAllBackAndTellsWhoWentForIt(boolean concurrent) {
    engine.concurrent = concurrent;
    load(pack("a", 600));
    engine.breaks("1-vae-b");
    assertThatThrownBy(() -> load(pack("b", 700)))
        .isInstanceOf(GenerationException.class)
        .hasMessage(
            "vae_decoder (1-vae-b) of pack b cannot be loaded: 1-vae-b is broken; unloaded to make"
                + " room for it: a");
    assertThat(engine.used()).isZero();
    assertThat(loaded()).isEmpty();
    load(pack("a", 600));
  }

  @Test
  void whatCannotBeBuiltOnIsGivenBack() {
    assertThatThrownBy(
            () ->
                shelf.use(
                    pack("a", 100),
                    engine,
                    ShelfPacks.ROLES,
                    networks -> {
                      throw new GenerationException(Reason.INVALID_PACK, "no tokenizer");
                    }))
        .hasMessage("no tokenizer");
    assertThat(engine.used()).isZero();
  }

  @Test
  void anEngineThatFindsLessRoomThanReckonedIsHelpedByTheOthersGoing() {
    load(pack("a", 300));
    load(pack("b", 300));
    engine.takesMore("298-unet-c", 300);
    load(pack("c", 300));
    assertThat(loaded()).containsExactly("b", "c");
    shelf.unload("b");
    engine.takesMore("298-unet-d", 1000);
    assertThat(refused(pack("d", 300))).hasMessageContaining("no heap has room for 298-unet-d");
  }

  @Test
  void heapsThatAreNotToldAreUnknownAndBoundByTheLimitAlone() {
    engine.tellsHeaps = false;
    load(pack("a", 600));
    load(pack("b", 400));
    assertThat(report().heaps())
        .containsExactly(
            new HeapMemory(
                "npu",
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                1000,
                1000));
    assertThat(report().heaps().get(0).othersBytes()).isEmpty();
    assertThat(report().packs().get(0).measuredBytes()).isEmpty();
    load(pack("c", 400));
    assertThat(loaded()).containsExactly("b", "c");
    shelf.close();
    shelf = shelf(OptionalLong.of(700), 0);
    load(pack("a", 600));
    load(pack("b", 400));
    assertThat(loaded()).containsExactly("b");
  }

  @Test
  void aHeapWithoutALargeEnoughPieceIsRefusedWithIt() {
    shelf = shelf(OptionalLong.empty(), 0);
    engine.largestFreeBlock = 500;
    load(pack("a", 300));
    assertThat(refused(pack("b", 600))).hasMessageContaining("no heap has room");
  }

  @Test
  void aNetworkThatPacksHaveInCommonIsLoadedOnceAndStaysWithTheLast() {
    ModelPack a = pack("a", "1.0.0", "100-text", "300-unet-a", "100-vae");
    ModelPack b = pack("b", "1.0.0", "100-text", "400-unet-b", "100-vae");
    load(a);
    load(b);
    assertThat(engine.ours()).isEqualTo(900);
    assertThat(loaded()).containsExactly("a", "b");
    assertThat(report().heaps().get(0).oursBytes()).isEqualTo(900);
    assertThat(report().packs().get(1).networks())
        .extracting(NetworkMemory::role, NetworkMemory::shared, NetworkMemory::bytes)
        .containsExactly(
            tuple("text_encoder", true, 100L),
            tuple("unet", false, 400L),
            tuple("vae_decoder", true, 100L));
    shelf.unload("a");
    assertThat(engine.ours()).isEqualTo(600);
    // what is loaded of it stays for it, though its owner has to go
    load(pack("c", "1.0.0", "100-text", "500-unet-c", "100-vae"));
    assertThat(loaded()).containsExactly("c");
    assertThat(engine.loads).filteredOn("100-text"::equals).hasSize(1);
    shelf.unload("c");
    assertThat(engine.used()).isZero();
  }

  @Test
  void aNetworkThatIsLoadedLaterMakesRoomForItself() {
    ModelPack pack = pack("a", "1.0.0", "1-text", "498-unet", "1-vae", "300-encoder");
    load(pack("b", 400));
    try (PackShelf<Built>.Use use = use(pack)) {
      Network encoder = use.pack().networks().network(Role.VAE_ENCODER);
      assertThat(use.pack().networks().network(Role.VAE_ENCODER)).isSameAs(encoder);
    }
    assertThat(loaded()).containsExactly("a");
    assertThat(engine.ours()).isEqualTo(800);
    shelf.unload("a");
    load(pack("b", 400));
    shelf.pin("b", true);
    try (PackShelf<Built>.Use use = use(pack)) {
      assertThatThrownBy(() -> use.pack().networks().network(Role.VAE_ENCODER))
          .hasMessageContaining("pack a needs 300 bytes more memory")
          .hasMessageContaining("100 bytes can be had")
          .hasMessageContaining("b (pinned)");
    }
    assertThat(engine.ours()).isEqualTo(900);
  }

  @Test
  void whatALoadTookMoreThanDeclaredIsRemembered() {
    engine.takesMore("498-unet-a", 100);
    load(pack("a", 500));
    assertThat(report().packs().get(0))
        .returns(500L, PackMemory::declaredBytes)
        .returns(OptionalLong.of(600), PackMemory::measuredBytes);
    shelf.unload("a");
    engine.others = 450;
    assertThat(refused(pack("a", 500))).hasMessageContaining("needs 600 bytes");
  }

  @Test
  void whatARunTookMoreThanDeclaredCountsAndMayMakeOthersGo() {
    shelf = shelf(OptionalLong.of(500), 0);
    load(pack("a", 200));
    try (PackShelf<Built>.Use use = use(pack("b", 200))) {
      engine.open.get(engine.open.size() - 1).buffers = 150;
      assertThat(use.pack()).isNotNull();
    }
    assertThat(loaded()).containsExactly("b");
    shelf.unload("b");
    load(pack("a", 200));
    shelf.pin("a", true);
    assertThat(refused(pack("b", 200))).hasMessageContaining("needs 350 bytes");
  }

  @Test
  void aGrowthThatOthersBlurIsNotBelieved() {
    LoadedNetwork network =
        new LoadedNetwork(
            Wanted.of(pack("a", 100), engine, Role.UNET),
            new FutureTask<>(() -> engine.load(Path.of("98-u"))));
    network.grew(50 << 20);
    assertThat(network.growth()).isEmpty();
    network.grew(-1);
    assertThat(network.growth()).isEmpty();
    network.grew(4096);
    assertThat(network.growth()).hasValue(4096);
  }

  @Test
  void anotherVersionTakesItsPlaceAndItsPin() {
    load(pack("a", 600));
    shelf.pin("a", true);
    load(pack("a", "2.0.0", "1-text", "700-unet-new", "1-vae"));
    assertThat(report().packs())
        .singleElement()
        .returns("2.0.0", PackMemory::version)
        .returns(true, PackMemory::pinned)
        .returns(NOW, PackMemory::lastUsed);
    assertThat(engine.ours()).isEqualTo(702);
  }

  @Test
  void whatTheRuntimeKeepsIsReclaimedWhenAnotherPackStays() {
    engine.keepsWeights = true;
    load(pack("a", 400));
    load(pack("b", 300));
    load(pack("c", 500));
    assertThat(engine.reclaims).isEqualTo(1);
    assertThat(engine.used()).isEqualTo(800);
    shelf.unload("b");
    assertThat(engine.used()).isEqualTo(500);
    shelf.unload("c");
    assertThat(engine.reclaims).isEqualTo(2);
    assertThat(engine.used()).isZero();
  }

  @Test
  void tellsOursOthersAndFree() {
    engine.others = 250;
    load(pack("a", 400));
    HeapMemory heap = report().heaps().get(0);
    assertThat(heap)
        .isEqualTo(
            new HeapMemory(
                "npu",
                OptionalLong.of(1000),
                OptionalLong.of(650),
                OptionalLong.of(350),
                400,
                400));
    assertThat(heap.othersBytes()).hasValue(250);
    assertThat(shelf.unload("nobody")).isFalse();
    assertThat(shelf.pin("nobody", true)).isFalse();
  }

  @Test
  void aNeedThatNobodyTellsIsAtLeastTheFiles() {
    engine.tellsNeed = false;
    shelf = shelf(OptionalLong.of(500), 0);
    refused(pack("a", 501));
    load(pack("a", 500));
  }

  @Test
  void aPackInUseIsNotUnloaded() {
    try (PackShelf<Built>.Use use = use(pack("a", 100))) {
      assertThatThrownBy(() -> shelf.unload("a")).hasMessage("pack a is in use");
      assertThat(use.pack().networks().roles()).hasSize(3);
    }
  }
}
