package io.airbox.sophon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbox.sophon.BModelWriter.Tensor;
import io.airbox.sophon.FlatBufferWriter.Table;
import io.airbox.sophon.TpuException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class BModelFileTest {
  private static final Tensor SAMPLE =
      new Tensor("sample", DataType.FLOAT16, Shape.of(1, 4, 64, 64), Shape.of(2, 4, 64, 64));
  private static final Tensor STEP =
      new Tensor("timestep", DataType.INT32, Shape.of(1), Shape.of(2));
  private static final Tensor NOISE =
      new Tensor("noise", DataType.FLOAT32, Shape.of(1, 4, 64, 64), Shape.of(2, 4, 64, 64));
  private static final byte[] GOOD = twoNetworks().bytes();
  private static final int DESCRIPTION =
      ByteBuffer.wrap(GOOD).order(ByteOrder.LITTLE_ENDIAN).getInt(8);

  private static Path file;

  @BeforeAll
  @BeforeContainer
  static void makeFile() throws IOException {
    file = Files.createTempFile("airbox", ".bmodel");
  }

  @AfterAll
  @AfterContainer
  static void deleteFile() throws IOException {
    Files.deleteIfExists(file);
  }

  @Test
  void readsNetworksStagesAndNeed() {
    BModelFile model = read(GOOD);

    assertThat(model.chip()).isEqualTo("BM1684X");
    assertThat(model.version()).isEqualTo("2.2");
    assertThat(model.compiled()).isEqualTo("2026-11-23");
    assertThat(model.bytes()).isEqualTo(GOOD.length);
    assertThat(model.networks()).extracting(NetworkFacts::name).containsExactly("unet", "vae");
    NetworkFacts unet = model.networks().get(0);
    assertThat(unet.dynamic()).isFalse();
    assertThat(unet.inputs())
        .containsExactly(
            new TensorSpec("sample", DataType.FLOAT16, 1, 0, 2 * 4 * 64 * 64 * 2),
            new TensorSpec("timestep", DataType.INT32, 1, 0, 8));
    assertThat(unet.outputs())
        .containsExactly(new TensorSpec("noise", DataType.FLOAT32, 1, 0, 2 * 4 * 64 * 64 * 4));
    assertThat(unet.stages())
        .containsExactly(
            new Stage(
                0, List.of(Shape.of(1, 4, 64, 64), Shape.of(1)), List.of(Shape.of(1, 4, 64, 64))),
            new Stage(
                1, List.of(Shape.of(2, 4, 64, 64), Shape.of(2)), List.of(Shape.of(2, 4, 64, 64))));
    // both stages of a network share their weights; both networks share their activations
    assertThat(model.memoryNeed())
        .isEqualTo(new BModelFile.MemoryNeed(7000, 3 * (64 + 128), 9000, 9000));
    assertThat(model.memoryNeed().totalBytes()).isEqualTo(7000 + 576 + 9000);
  }

  @Test
  void namesThePlaceOfAFault() {
    Table stage =
        new Table()
            .tables(0, List.of(new Table().text(0, "in")))
            .tables(1, List.of(new Table().text(0, "out")))
            .range(11, 0, 1_000_000);
    assertThatThrownBy(() -> read(modelOf(stage)))
        .hasMessageContaining(file.toString())
        .hasMessageContaining("net[0]/parameter[0]/binary_ir: 1000000 bytes at 0 do not lie within")
        .hasMessageEndingWith("copy it again");
    stage.without(11).range(11, -1, 2);
    assertThatThrownBy(() -> read(modelOf(stage))).hasMessageContaining("18446744073709551615");
    stage.without(11).without(1);
    assertThatThrownBy(() -> read(modelOf(stage)))
        .hasMessageContaining("net[0]/parameter[0]: it lacks its output_tensor");
  }

  @Test
  void refusesShapesThatTheLibraryWouldAbortOn() {
    for (long[] dimensions :
        List.of(
            new long[] {1, 0, 3},
            new long[] {-1},
            new long[] {1L << 40},
            new long[9],
            new long[] {1 << 30, 1 << 30, 1 << 30})) {
      Table stage = stage(new Table().text(0, "in").tables(5, shape(dimensions)));
      assertThatThrownBy(() -> read(modelOf(stage)))
          .as(Arrays.toString(dimensions))
          .hasMessageContaining("tensor \"in\" of network \"net\"")
          .extracting(e -> ((TpuException) e).reason())
          .isEqualTo(Reason.INVALID_BMODEL);
    }
  }

  @Test
  void refusesWhatCannotRun() {
    assertThatThrownBy(
            () -> read(modelOf(stage(new Table().text(0, "in").u32(1, 11).tables(5, shape(1))))))
        .hasMessageContaining("unknown type 11");
    assertThatThrownBy(() -> read(modelOf(stage(new Table().text(0, "in")))))
        .hasMessageContaining("has no shape");
    Table twice = new Table().text(0, "net").tables(3, List.of(stage(tensor("in"))));
    assertThatThrownBy(() -> read(fileOf(root().tables(4, List.of(twice, twice)))))
        .hasMessageContaining("two networks \"net\"");
    assertThatThrownBy(() -> read(fileOf(root().tables(4, List.of()))))
        .hasMessageContaining("no network");
    assertThatThrownBy(() -> read(fileOf(root().tables(4, List.of(new Table().text(0, "net"))))))
        .hasMessageContaining("a form no longer in use");
    assertThatThrownBy(() -> read(fileOf(root().tables(4, List.of(twice)).u32(7, 2))))
        .hasMessageContaining("for 2 devices");
    Table uneven =
        new Table()
            .text(0, "net")
            .tables(
                3,
                List.of(
                    stage(tensor("in")),
                    new Table()
                        .tables(0, List.of(tensor("a"), tensor("b")))
                        .tables(1, List.of(tensor("out")))
                        .tables(12, List.of(part()))));
    assertThatThrownBy(() -> read(fileOf(root().tables(4, List.of(uneven)))))
        .hasMessageContaining("stages of network \"net\" differ");
  }

  @Test
  void refusesWhatTheLoaderTakesForGranted() {
    assertStageRefused(stage(tensor("in")).without(12), "has no program");
    assertPartRefused(part().without(4), "lacks inputs or outputs");
    assertPartRefused(part().u32(0, 4), "has mode 4");
    assertPartRefused(part().u32(10, 1), "number 1");
    assertPartRefused(part().u32(0, 1), "does not say what");
    assertPartRefused(
        part()
            .u32(0, 1)
            .tables(2, List.of(new Table().range(1, 0, 8).tables(2, List.of(new Table())))),
        "lacks its parameters");
    assertPartRefused(part().u32(0, 3), "where to go on");
    assertPartRefused(part().tables(14, List.of()), "commands for 0 of 1 cores");
    assertPartRefused(
        part().tables(3, List.of(new Table().text(0, "t"))), "tensor \"t\" has no shape");
    assertPartRefused(
        part().tables(3, List.of(new Table().text(0, "t").tables(5, shape(new long[9])))),
        "9 dimensions");
    assertStageRefused(
        stage(tensor("in")).table(4, new Table().range(2, 0, 8)), "without their place or digest");
    assertThatThrownBy(
            () ->
                read(
                    fileOf(
                        root()
                            .tables(4, List.of())
                            .table(8, new Table().text(0, "evil.so").range(1, 0, 8)))))
        .hasMessageContaining("carries a library for the CPU (evil.so)");
  }

  @Test
  void refusesCommandsThatTheirCountsDoNotFit() {
    // 128 zero bytes are one command of 128 bytes for the computing engine
    Table good = new Table().u32(0, 1).range(2, 0, 128).u32(4, 128);
    Table moving = new Table().u32(1, 2).range(3, 0, 128).u32(5, 128);
    assertThat(read(modelOf(stageWith(good)))).isNotNull();
    assertThat(read(modelOf(stageWith(moving)))).isNotNull();
    for (Table bad :
        List.of(
            new Table().u32(0, 2).range(2, 0, 128).u32(4, 128),
            new Table().u32(0, 9).range(2, 0, 128).u32(4, 128),
            new Table().u32(0, -1).range(2, 0, 128).u32(4, 128),
            new Table().u32(0, 1).range(2, 0, 128).u32(4, 64),
            new Table().u32(0, 1),
            new Table().u32(1, 3).range(3, 0, 128).u32(5, 128),
            new Table().u32(1, -1).range(3, 0, 128).u32(5, 128),
            new Table().u32(1, 2).range(3, 0, 128).u32(5, 1 << 30))) {
      assertStageRefused(stageWith(bad), "commands and their counts differ");
    }
  }

  @Test
  void refusesNamesThatTheRuntimeWouldNotFind() {
    for (String name : List.of("", "a\0b", "\uFFFD")) {
      Table network = new Table().text(0, name).tables(3, List.of(stage(tensor("in"))));
      assertThatThrownBy(() -> read(fileOf(root().tables(4, List.of(network)))))
          .hasMessageContaining("a network has no usable name");
    }
  }

  @Test
  void refusesAFileThatIsBuiltToKeepItBusy() {
    // each level refers to one table many times: a million visits in a few kilobytes
    ByteBuffer shared = ByteBuffer.allocate(20_000).order(ByteOrder.LITTLE_ENDIAN);
    assertThatThrownBy(() -> FlatBuffer.verify(bomb(shared), bombSchema(), 0))
        .hasMessageContaining("more than 1000000 tables");
  }

  @Test
  void refusesAnotherChip() {
    BModelFile model = read(twoNetworks().chip("BM1688").bytes());
    assertThatThrownBy(() -> model.checkChip("BM1684X"))
        .hasMessageContaining("was compiled for BM1688, the device is a BM1684X")
        .extracting(e -> ((TpuException) e).reason())
        .isEqualTo(Reason.WRONG_CHIP);
    read(twoNetworks().chip("BM1686").bytes()).checkChip("BM1684X");
  }

  @Test
  void readsTheOldHeaderWithAShorterSize() {
    byte[] old = GOOD.clone();
    assertThat(ByteBuffer.wrap(old).order(ByteOrder.LITTLE_ENDIAN).getInt(16)).isZero();
    assertThat(read(old).networks()).hasSize(2);
  }

  @Property(tries = 400)
  void refusesEveryShorterFile(@ForAll @IntRange(min = 0, max = Integer.MAX_VALUE) int length) {
    byte[] cut = Arrays.copyOf(GOOD, length % GOOD.length);
    assertThatThrownBy(() -> read(cut))
        .isInstanceOf(TpuException.class)
        .extracting(e -> ((TpuException) e).reason())
        .isEqualTo(Reason.INVALID_BMODEL);
  }

  @Property(tries = 3000)
  void survivesDamageAnywhereInTheDescription(
      @ForAll @Size(min = 1, max = 4) List<@IntRange(min = 0) Integer> places,
      @ForAll List<Byte> values) {
    byte[] damaged = GOOD.clone();
    for (int i = 0; i < places.size(); i++) {
      byte value = i < values.size() ? values.get(i) : (byte) 0xFF;
      damaged[places.get(i) % (64 + DESCRIPTION)] = value;
    }
    readsOrRefuses(damaged);
  }

  @Property(tries = 1000)
  void survivesAnyDescription(@ForAll @Size(min = 4, max = 300) byte[] description) {
    ByteBuffer bytes = ByteBuffer.allocate(64 + description.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(0xFF55AAEE).putInt(64).putInt(description.length);
    bytes.position(64);
    bytes.put(description);
    bytes.putInt(64, Math.floorMod(bytes.getInt(64), description.length) & ~3);
    readsOrRefuses(bytes.array());
  }

  private static void readsOrRefuses(byte[] bytes) {
    try {
      assertThat(read(bytes).networks()).isNotEmpty();
    } catch (TpuException e) {
      assertThat(e.reason()).isEqualTo(Reason.INVALID_BMODEL);
    }
  }

  private static BModelFile read(byte[] bytes) {
    try {
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return BModelFile.read(file);
  }

  private static BModelWriter twoNetworks() {
    return new BModelWriter()
        .network("unet", 5000, 9000, List.of(SAMPLE, STEP), List.of(NOISE))
        .network(
            "vae",
            2000,
            3000,
            List.of(new Tensor("latent", DataType.FLOAT32, Shape.of(1, 4, 64, 64))),
            List.of(new Tensor("picture", DataType.FLOAT32, Shape.of(1, 3, 512, 512))));
  }

  private static Table root() {
    return new Table().text(0, "B").text(1, "2.2").text(2, "now").text(3, "BM1684X");
  }

  private static byte[] modelOf(Table stage) {
    return fileOf(root().tables(4, List.of(new Table().text(0, "net").tables(3, List.of(stage)))));
  }

  private static byte[] fileOf(Table root) {
    byte[] description = FlatBufferWriter.write(root);
    ByteBuffer bytes =
        ByteBuffer.allocate(64 + description.length + 128).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(0xFF55AAEE).putInt(64).putInt(description.length).putLong(128);
    bytes.position(64);
    bytes.put(description);
    return bytes.array();
  }

  private static Table stage(Table input) {
    return new Table()
        .tables(0, List.of(input))
        .tables(1, List.of(tensor("out")))
        .tables(12, List.of(part()));
  }

  private static void assertPartRefused(Table part, String text) {
    assertStageRefused(stage(tensor("in")).tables(12, List.of(part)), text);
  }

  private static void assertStageRefused(Table stage, String text) {
    assertThatThrownBy(() -> read(modelOf(stage)))
        .hasMessageContaining(text)
        .extracting(e -> ((TpuException) e).reason())
        .isEqualTo(Reason.INVALID_BMODEL);
  }

  private static Table stageWith(Table commands) {
    return stage(tensor("in")).tables(8, List.of(commands));
  }

  private static Table part() {
    return new Table().tables(3, List.of(tensor("in"))).tables(4, List.of(tensor("out")));
  }

  private static Table tensor(String name) {
    return new Table().text(0, name).tables(5, shape(1));
  }

  private static List<Table> shape(long... dimensions) {
    return List.of(new Table().longs(0, dimensions));
  }

  /** A table of a vector of 1,001 references to one table of a vector of 1,001 references. */
  private static ByteBuffer bomb(ByteBuffer bytes) {
    int references = 1001;
    bytes.putInt(0, 16);
    int table = 16;
    for (int level = 0; level < 2; level++) {
      int vtable = table - 8;
      bytes.putShort(vtable, (short) 6).putShort(vtable + 2, (short) 8);
      bytes.putShort(vtable + 4, (short) 4);
      bytes.putInt(table, 8).putInt(table + 4, 4).putInt(table + 8, references);
      int next = table + 12 + 4 * references + 12;
      for (int i = 0; i < references; i++) {
        int slot = table + 12 + 4 * i;
        bytes.putInt(slot, next - slot);
      }
      table = next;
    }
    bytes.putShort(table - 8, (short) 4).putShort(table - 6, (short) 4).putInt(table, 8);
    return bytes;
  }

  private static FlatBuffer.Table bombSchema() {
    FlatBuffer.Table leaf = new FlatBuffer.Table();
    FlatBuffer.Table middle = new FlatBuffer.Table().tables(0, "leaves", leaf);
    return new FlatBuffer.Table().tables(0, "middles", middle);
  }
}
