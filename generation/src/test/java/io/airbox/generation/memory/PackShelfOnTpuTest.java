package io.airbox.generation.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationException.Reason;
import io.airbox.generation.engine.Tensor;
import io.airbox.generation.engine.bm1684x.Bm1684xEngine;
import io.airbox.generation.pack.ModelPack;
import io.airbox.generation.pack.PackManifest.Role;
import io.airbox.sophon.BModelWriter;
import io.airbox.sophon.DataType;
import io.airbox.sophon.FakeBmLib;
import io.airbox.sophon.Heap;
import io.airbox.sophon.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bmodels of packs in the memory of a driver with books. */
final class PackShelfOnTpuTest {
  private static final long MIB = 1 << 20;

  @TempDir Path folder;

  private final FakeBmLib fake = new FakeBmLib().heap(Heap.VPP, 0).heap(Heap.VPU, 0);
  private final Bm1684xEngine engine = Bm1684xEngine.open(fake);
  private PackShelf<PackShelf.Opened> shelf = shelf(OptionalLong.empty());

  @AfterEach
  void everythingIsGivenBack() {
    shelf.close();
    assertThat(fake.used()).isZero();
    engine.close();
    fake.assertNothingIsHeld();
  }

  private static PackShelf<PackShelf.Opened> shelf(OptionalLong limit) {
    return new PackShelf<>(new MemoryPolicy(limit, MIB), InstantSource.system());
  }

  /** A pack of three networks and an encoder, of which the UNet has this much weights. */
  private ModelPack pack(String name, long weights) throws IOException {
    ModelPack pack =
        ShelfPacks.pack(
            folder,
            "bm1684x",
            name,
            "1.0.0",
            "1-text-" + name,
            "1-unet-" + name,
            "1-vae-" + name,
            "1-encoder-" + name);
    Files.createDirectories(pack.folder());
    write(pack, Role.TEXT_ENCODER, MIB);
    write(pack, Role.UNET, weights);
    write(pack, Role.VAE_DECODER, MIB);
    write(pack, Role.VAE_ENCODER, 10 * MIB);
    return pack;
  }

  private static void write(ModelPack pack, Role role, long weights) {
    new BModelWriter()
        .network(
            role.id(),
            weights,
            300_000,
            List.of(new BModelWriter.Tensor("x", DataType.FLOAT32, Shape.of(1, 2))),
            List.of(new BModelWriter.Tensor("y", DataType.FLOAT32, Shape.of(1, 2))))
        .write(pack.path(pack.engine("bm1684x").roles().get(role).main()));
  }

  private PackShelf<PackShelf.Opened>.Use use(ModelPack pack) {
    return shelf.use(
        pack,
        engine,
        ShelfPacks.ROLES,
        networks -> {
          networks.await();
          networks.network(Role.UNET).run(List.of(floats()), new float[2]);
          return () -> {};
        });
  }

  private static Tensor floats() {
    return new Tensor.Floats(new float[2], 1, 2);
  }

  private void checkBooks() {
    MemoryReport report = shelf.report(engine, List.of(engine));
    HeapMemory npu =
        report.heaps().stream().filter(heap -> heap.heap().equals("npu")).findAny().orElseThrow();
    assertThat(npu.oursBytes()).isEqualTo(fake.used(Heap.NPU)).isEqualTo(fake.used());
    assertThat(npu.othersBytes()).hasValue(0);
    for (PackMemory pack : report.packs()) {
      assertThat(pack.measuredBytes()).hasValue(pack.bytes());
      assertThat(pack.declaredBytes()).isEqualTo(pack.bytes());
    }
  }

  @Test
  void twoPacksThatDoNotFitTogetherTakeTurnsAndTheLedgerIsTheDriversAllAlong() throws IOException {
    ModelPack one = pack("one", 40 * MIB);
    ModelPack two = pack("two", 40 * MIB);
    for (int i = 0; i < 50; i++) {
      use(one).close();
      checkBooks();
      use(two).close();
      checkBooks();
    }
    MemoryReport report = shelf.report(engine, List.of(engine));
    assertThat(report.evictions()).isEqualTo(99);
    assertThat(report.refusals()).isZero();
    assertThat(report.packs()).extracting(PackMemory::name).containsExactly("two");
    shelf.unload("two");
    assertThat(fake.used()).isZero();
  }

  @Test
  void aLimitActsAsTheHeapDoes() throws IOException {
    shelf = shelf(OptionalLong.of(30 * MIB));
    ModelPack one = pack("one", 20 * MIB);
    ModelPack two = pack("two", 20 * MIB);
    ModelPack huge = pack("huge", 30 * MIB);
    use(one).close();
    use(two).close();
    use(one).close();
    assertThatThrownBy(() -> use(huge))
        .hasMessageContaining("pack huge needs 3")
        .hasMessageContaining("the limit is 30.0 MiB");
    checkBooks();
    assertThat(fake.loads()).isEqualTo(9);
  }

  @Test
  void aBmodelLargerThanTheHeapIsRefusedWithFiguresBeforeAnythingIsLoaded() throws IOException {
    ModelPack huge = pack("huge", 80 * MIB);
    GenerationException refusal = catchThrowableOfType(GenerationException.class, () -> use(huge));
    assertThat(refusal.reason()).isEqualTo(Reason.OUT_OF_MEMORY);
    assertThat(refusal)
        .hasMessageContaining("pack huge needs 82.9 MiB more memory of engine bm1684x")
        .hasMessageContaining("63.0 MiB can be had")
        .hasMessageContaining("1.0 MiB are kept free");
    assertThat(fake.loads()).isZero();
  }

  @Test
  void anAllocationThatFailsAnywhereGivesAllBack() throws IOException {
    ModelPack pack = pack("one", 20 * MIB);
    int failures = 0;
    for (int allocations = 0; ; allocations++) {
      fake.failAllocationsAfter(allocations);
      try {
        use(pack).close();
        break;
      } catch (GenerationException failure) {
        failures++;
        assertThat(failure).hasMessageContaining("of pack one cannot be loaded");
      }
      assertThat(fake.used()).as("after %d allocations", allocations).isZero();
    }
    assertThat(failures).isEqualTo(15); // of each network weights, commands, activations, x, y
    checkBooks();
  }

  @Test
  void anEncoderThatIsLoadedLaterMakesAnotherPackGo() throws IOException {
    ModelPack one = pack("one", 20 * MIB);
    ModelPack two = pack("two", 30 * MIB);
    use(one).close();
    try (PackShelf<PackShelf.Opened>.Use use =
        shelf.use(
            two,
            engine,
            ShelfPacks.ROLES,
            networks -> {
              networks.await();
              networks.network(Role.VAE_ENCODER).run(List.of(floats()), new float[2]);
              return () -> {};
            })) {
      assertThat(use.pack()).isNotNull();
      checkBooks();
    }
    assertThat(shelf.report(engine, List.of(engine)).packs())
        .singleElement()
        .returns("two", PackMemory::name);
  }
}
