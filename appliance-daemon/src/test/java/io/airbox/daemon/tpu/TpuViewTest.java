package io.airbox.daemon.tpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.daemon.FakePacks;
import io.airbox.generation.memory.MemoryReport;
import io.airbox.sophon.facts.BmSmiScreen;
import io.airbox.sophon.facts.MemoryUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TpuViewTest {
  private static final Path BOX =
      Path.of(System.getProperty("airbox.root"), "sophon-jni/src/test/box/airbox");

  @TempDir Path empty;

  @Test
  void theFilesOfABoxTellWhatBmSmiShows() {
    TpuView view = TpuView.of(TpuSources.ofFiles(BOX, Optional.empty()));
    TpuView.Device device = view.device();

    assertThat(view.present()).isTrue();
    assertThat(view.health()).isEqualTo(TpuHealth.UNKNOWN);
    assertThat(device.name().map(Told::value)).contains("1684X-SOC");
    assertThat(device.driverVersion()).contains(new Told<>("0.5.1", "/sys/module/bmtpu/version"));
    assertThat(device.clockMegahertz())
        .contains(new Told<>(950, "/sys/kernel/debug/clk/tpll_clock/clk_rate"));
    assertThat(device.minimumMegahertz()).contains(new Told<>(75, "specification"));
    assertThat(device.chipCelsius())
        .contains(new Told<>(48, "/sys/class/thermal/thermal_zone0/temp"));
    assertThat(view.memory().map(TpuView.Sum::used)).contains(1_835_012_096L);
    assertThat(view.heaps()).extracting(HeapView::heap).containsExactly("npu", "vpp", "vpu");
    assertThat(view.heaps()).extracting(HeapView::ours).containsOnly(OptionalLong.empty());
    assertThat(view.processes().orElseThrow())
        .extracting(MemoryUser::pid)
        .containsExactly(1234L, 77L);
  }

  @Test
  void theWorkerWinsOverTheFilesAndHeapsThatItDoesNotTellStay() throws Exception {
    FakePacks packs = new FakePacks();
    packs.load("one", java.time.Duration.ZERO);
    TpuView view = TpuView.of(told(BOX, packs.report(), Optional.empty()));

    assertThat(view.health()).isEqualTo(TpuHealth.OK);
    assertThat(view.device().clockMegahertz()).contains(new Told<>(950, "worker"));
    assertThat(view.heaps().get(0).ours()).hasValue(400);
    assertThat(view.heaps().get(0).others()).hasValue(100);
    assertThat(view.heaps().get(0).peak()).hasValue(1L << 31);
    assertThat(view.heaps()).extracting(HeapView::heap).containsExactly("npu", "vpp", "vpu");
    assertThat(view.heaps().get(1).source()).startsWith("/sys/kernel/debug/ion");
  }

  @Test
  void aHungDeviceIsSaidWithTheReason() {
    FakePacks packs = new FakePacks();
    packs.fault = Optional.of("the TPU hangs; restart the box");
    TpuView view = TpuView.of(told(BOX, packs.report(), Optional.empty()));

    assertThat(view.health()).isEqualTo(TpuHealth.HUNG);
    assertThat(view.reason()).contains("the TPU hangs; restart the box");
  }

  @Test
  void aLaptopHasNoTpuAndTheCpusLibraryIsNotOne() {
    FakePacks packs = new FakePacks();
    packs.engine = "onnx";
    TpuView view = TpuView.of(told(empty, packs.report(), Optional.empty()));

    assertThat(view.present()).isFalse();
    assertThat(view.health()).isEqualTo(TpuHealth.ABSENT);
    assertThat(view.device().libraryVersion()).isEmpty();
    assertThat(view.device().chip()).isEmpty();
    assertThat(view.heaps()).hasSize(1);
  }

  @Test
  void nothingIsKnownOfAnEmptyTree() {
    TpuView view = TpuView.of(TpuSources.ofFiles(empty, Optional.empty()));

    assertThat(view.memory()).isEmpty();
    assertThat(view.processes()).isEmpty();
    assertThat(view.heaps()).isEmpty();
    assertThat(view.device().usePercent()).isEmpty();
  }

  @Test
  void aScreenOfBmSmiFillsWhatTheFilesLeaveOpen() throws IOException {
    BmSmiScreen hung = screen("bm-smi-soc-0.5.1-hung.txt");
    BmSmiScreen busy = screen("bm-smi-soc-0.5.1.txt");

    TpuView faulty = TpuView.of(told(empty, Optional.empty(), Optional.of(hung)));
    assertThat(faulty.health()).isEqualTo(TpuHealth.HUNG);
    assertThat(faulty.device().clockMegahertz()).isEmpty();

    TpuView view = TpuView.of(told(empty, Optional.empty(), Optional.of(busy)));
    assertThat(view.health()).isEqualTo(TpuHealth.OK);
    assertThat(view.device().usePercent()).contains(new Told<>(96, "bm-smi"));
    assertThat(view.memory()).contains(new TpuView.Sum(8429L << 20, 4711L << 20, "bm-smi"));
    assertThat(view.processes().orElseThrow())
        .extracting(MemoryUser::bytes)
        .containsExactly(4700L << 20, 11L << 20);
  }

  @Test
  void nobodySeenIsNobodyOnlyWhereNothingIsUsed() throws IOException {
    BmSmiScreen idle = screen("bm-smi-article.txt");

    assertThat(TpuView.of(told(empty, Optional.empty(), Optional.of(idle))).processes())
        .contains(List.of());
  }

  private static TpuSources told(
      Path root, Optional<MemoryReport> report, Optional<BmSmiScreen> screen) {
    TpuSources files = TpuSources.ofFiles(root, screen);
    return new TpuSources(
        files.facts(),
        files.temperatures(),
        files.users(),
        files.screen(),
        report,
        Optional.empty());
  }

  private static BmSmiScreen screen(String name) throws IOException {
    Path file =
        Path.of(
            System.getProperty("airbox.root"),
            "sophon-jni/src/test/resources/io/airbox/sophon/facts",
            name);
    List<BmSmiScreen> samples = BmSmiScreen.parse(Files.readString(file));
    return samples.get(samples.size() - 1);
  }
}
