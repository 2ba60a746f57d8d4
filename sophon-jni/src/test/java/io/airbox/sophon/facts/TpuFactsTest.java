package io.airbox.sophon.facts;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.sophon.Heap;
import io.airbox.sophon.LibsophonVersion;
import io.airbox.sophon.facts.TpuFacts.HeapFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TpuFactsTest {
  private static final String SUMMARY = "sys/kernel/debug/ion/bm_npu_heap_dump/summary";
  private static final String USE = "sys/class/bm-tpu/bm-tpu0/device/npu_usage";
  private static final String CLOCK = "sys/kernel/debug/clk/tpll_clock/clk_rate";
  private static final String CONTROLLER = "sys/bus/i2c/devices/1-0017/information";

  @TempDir private Path root;

  @Test
  void readsARecordedBox() {
    assertThat(TpuFacts.read(RecordedBox.airbox()))
        .isEqualTo(
            new TpuFacts(
                true,
                Optional.of("SOC"),
                List.of(
                    new HeapFacts(Heap.NPU, 0x1DBF00000L, 1_835_008_000, OptionalLong.of(1L << 31)),
                    new HeapFacts(Heap.VPP, 0xEE000000L, 0, OptionalLong.of(0)),
                    new HeapFacts(Heap.VPU, 0xB7FF0000L, 4096, OptionalLong.of(8192))),
                OptionalInt.of(4),
                OptionalInt.of(2),
                OptionalInt.of(950),
                OptionalInt.of(2300),
                Optional.of(new LibsophonVersion(0, 5, 1)),
                Optional.of(new LibsophonVersion(0, 5, 1)),
                Optional.of("bm1684x"),
                Optional.of("bm1684x_sm7_airbox.dtb"),
                Optional.of("SM7 AIRBOX"),
                Optional.of("HQATEVBAIAIAI0001")));
  }

  @Test
  void whatLastsNeedsNoFileThatMayBeSlow() {
    TpuFacts facts = TpuFacts.lasting(RecordedBox.airbox());

    assertThat(facts.devicePresent()).isTrue();
    assertThat(facts.chip()).contains("bm1684x");
    assertThat(facts.driverVersion()).contains(new LibsophonVersion(0, 5, 1));
    assertThat(facts.heaps()).isEmpty();
    assertThat(facts.usePercent()).isEmpty();
    assertThat(facts.serialNumber()).isEmpty();
  }

  @Test
  void readsTextsThatAreLongerThanOneRead() throws IOException {
    for (int padding : List.of(4096 - 21, 4096, 5000, 100_000)) {
      put("proc/cpuinfo", " ".repeat(padding) + "\nmodel name\t: bm1684x\n");
      assertThat(TpuFacts.read(root).chip()).as("%s bytes", padding).contains("bm1684x");
    }
  }

  @Test
  void knowsNothingOfAnEmptyTree() {
    assertThat(TpuFacts.read(root))
        .isEqualTo(
            new TpuFacts(
                false,
                Optional.empty(),
                List.of(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
  }

  @Test
  void readsTheOtherSpellingOfTheUse() throws IOException {
    put(USE, "\"usage\": 36, \"avusage\": 12\n");
    TpuFacts facts = TpuFacts.read(root);
    assertThat(facts.usePercent()).hasValue(36);
    assertThat(facts.averageUsePercent()).hasValue(12);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Please, set [Usage enable] to 1\n",
        "usage:-1023 avusage:-1023\n",
        "usage:101 avusage:4000000000000\n",
        "usage:"
      })
  void anOddUseIsUnknown(String text) throws IOException {
    put(USE, text);
    TpuFacts facts = TpuFacts.read(root);
    assertThat(facts.usePercent()).isEmpty();
    assertThat(facts.averageUsePercent()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "0\n", "-950000000", "unknown", "99999999999999999999", "20000000000"})
  void anOddClockIsUnknown(String text) throws IOException {
    put(CLOCK, text);
    assertThat(TpuFacts.read(root).tpuMegahertz()).isEmpty();
  }

  @Test
  void tellsTheThermalFloor() throws IOException {
    put(CLOCK, "25000000\n");
    assertThat(TpuFacts.read(root).tpuMegahertz()).hasValue(25);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Summary:\n",
        "[0] npu heap size:0 bytes, used:0 bytes\tusage rate:0%, memory usage peak 0 bytes",
        "[0] npu heap size:10 bytes, used:11 bytes\tusage rate:0%, memory usage peak 0 bytes",
        "[1] vpp heap size:10 bytes, used:1 bytes\tusage rate:0%, memory usage peak 0 bytes",
        "[0] npu heap size:99999999999999999999 bytes, used:1 bytes\tusage rate:0%, memory usage"
            + " peak 0 bytes"
      })
  void anOddHeapIsUnknown(String text) throws IOException {
    put(SUMMARY, text);
    assertThat(TpuFacts.read(root).heaps()).isEmpty();
  }

  @Test
  void oddIdentitiesAreUnknown() throws IOException {
    put(CONTROLLER, "{\n\"model\": \"\",\n\"product sn\": \"\u0001\u0002\"\n}");
    put("proc/device-tree/info/file-name", "\0\0\0");
    put("proc/cpuinfo", "processor : 0\n");
    TpuFacts facts = TpuFacts.read(root);
    assertThat(facts.model()).isEmpty();
    assertThat(facts.serialNumber()).isEmpty();
    assertThat(facts.deviceTree()).isEmpty();
    assertThat(facts.chip()).isEmpty();
  }

  @Test
  void aLaptopsCpuIsNoTpu() throws IOException {
    put("proc/cpuinfo", "processor\t: 0\nmodel name\t: AMD EPYC 7B13\n");
    assertThat(TpuFacts.read(root).chip()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0.5", "0.0.0.0.1", "srcversion", "99999.1.1"})
  void anOddDriverIsUnknown(String text) throws IOException {
    put("sys/module/bmtpu/version", text);
    assertThat(TpuFacts.read(root).driverVersion()).isEmpty();
  }

  @Test
  void aFolderWhereAFileShouldBeIsUnknown() throws IOException {
    Files.createDirectories(root.resolve(SUMMARY));
    Files.createDirectories(root.resolve(USE));
    Files.createDirectories(root.resolve("opt/sophon/libsophon-current"));
    TpuFacts facts = TpuFacts.read(root);
    assertThat(facts.heaps()).isEmpty();
    assertThat(facts.usePercent()).isEmpty();
    assertThat(facts.libraryVersion()).isEmpty();
  }

  @Test
  void readsTheVersionFromAnAbsoluteLink() throws IOException {
    Files.createDirectories(root.resolve("opt/sophon"));
    Files.createSymbolicLink(
        root.resolve("opt/sophon/libsophon-current"), Path.of("/opt/sophon/libsophon-0.4.9"));
    assertThat(TpuFacts.read(root).libraryVersion()).contains(new LibsophonVersion(0, 4, 9));
  }

  private void put(String name, String text) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
