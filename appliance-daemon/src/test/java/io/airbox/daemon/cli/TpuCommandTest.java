package io.airbox.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.daemon.TestDaemon;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TpuCommandTest {
  private static final Path ROOT = Path.of(System.getProperty("airbox.root"));
  private static final Path BOX = ROOT.resolve("sophon-jni/src/test/box/airbox");
  private static final Path SCREENS =
      ROOT.resolve("sophon-jni/src/test/resources/io/airbox/sophon/facts");

  @TempDir Path data;

  private Shell shell() {
    return new Shell(data, InstantSource.fixed(Instant.parse("2026-11-23T12:00:00Z")));
  }

  @Test
  void aRecordedBoxShowsWhatBmSmiShows() {
    Shell shell = shell();
    assertThat(shell.airbox("tpu", "status", "--sysroot", BOX)).isZero();
    assertThat(shell.out())
        .isEqualTo(
            """
            board              SM7 AIRBOX (bm1684x_sm7_airbox.dtb)
            chip               BM1684X
            name and mode      1684X-SOC, SOC
            serial number      HQATEVBAIAIAI0001
            library            0.5.1
            driver             0.5.1
            state              unknown: there is a TPU, but no engine of this box has asked it yet
            chip temperature   48 °C
            board temperature  41 °C
            TPU use            4 %, 2 % since the driver was loaded
            clock              950 MHz, of 75…950 MHz
            memory             1751 MiB of 14367 MiB
            not told           power, voltage, current, ECC, fan, bus (SOC mode)

            HEAP  TOTAL     OURS     OTHERS    FREE      PEAK
            npu   7615 MiB  unknown  1750 MiB  5865 MiB  2048 MiB
            vpp   3808 MiB  unknown  0 MiB     3808 MiB  0 MiB
            vpu   2944 MiB  unknown  1 MiB     2944 MiB  1 MiB

            PID   PROCESS                                      HOLDS
            1234  /usr/lib/airbox/jre/bin/java                 1750 MiB
            77    /opt/sophon/sophon-ffmpeg-latest/bin/ffmpeg  1 MiB
            """);
  }

  @Test
  void theBoxOfAnArticleIsShownFromItsScreen() {
    Shell shell = shell();
    assertThat(
            shell.airbox(
                "tpu",
                "status",
                "--sysroot",
                data,
                "--bm-smi",
                SCREENS.resolve("bm-smi-article.txt")))
        .isZero();
    assertThat(shell.out())
        .contains("name and mode      1684X-SOC, SOC")
        .contains("library            0.5.1")
        .contains("state              active")
        .contains("chip temperature   unknown")
        .contains("TPU use            0 %")
        .contains("clock              950 MHz, of 75…950 MHz")
        .contains("memory             0 MiB of 8429 MiB")
        .contains("no process holds device memory");
  }

  @Test
  void aMachineWithoutATpuSaysSo() {
    Shell shell = shell();
    assertThat(shell.airbox("tpu", "status", "--sysroot", data)).isZero();
    assertThat(shell.out()).startsWith("TPU  none: there is no TPU here");
  }

  @Test
  void whatIsNotThereIsToldBeforeAnythingIsShown() throws Exception {
    Shell shell = shell();
    assertThat(shell.airbox("tpu", "status", "--sysroot", data.resolve("no")))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).contains("is not a folder (--sysroot)");
    assertThat(shell.airbox("tpu", "heaps", "--bm-smi", data.resolve("no")))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).contains("no such file (--bm-smi)");
    Path other = Files.writeString(data.resolve("other.txt"), "hello\n");
    assertThat(shell.airbox("tpu", "heaps", "--bm-smi", other)).isEqualTo(ExitCodes.USAGE);
    assertThat(shell.airbox("tpu")).isEqualTo(ExitCodes.USAGE);
    assertThat(shell.airbox("tpu", "load", "one", "--data", data)).isEqualTo(ExitCodes.UNREACHABLE);
  }

  @Test
  void watchingShowsItAgain() {
    Shell shell = shell();
    assertThat(shell.airbox("tpu", "heaps", "--sysroot", BOX, "--watch", "--json")).isZero();
    assertThat(shell.out().lines()).hasSize(2).allMatch(line -> line.startsWith("{\"at\":null"));
    assertThat(shell.airbox("tpu", "heaps", "--sysroot", BOX, "--watch")).isZero();
    assertThat(shell.out()).doesNotContain("\u001b").contains("HEAP");
  }

  @Test
  void aDaemonIsAskedFirstAndDoesWhatIsWanted() throws Exception {
    try (TestDaemon daemon = TestDaemon.start(data)) {
      Shell shell = shell();
      assertThat(shell.airbox("tpu", "pin", "one", "--data", data)).isZero();
      assertThat(shell.out()).startsWith("pinned one\n").contains("1 MiB  pinned");
      assertThat(shell.airbox("tpu", "load", "two", "--data", data)).isZero();
      shell.typing();
      assertThat(shell.airbox("tpu", "heaps", "--data", data)).isZero();
      assertThat(shell.out()).contains("npu  [################################::::    ]");
      assertThat(shell.airbox("tpu", "unpin", "one", "--data", data)).isZero();
      assertThat(shell.airbox("tpu", "unload", "two", "--data", data, "--json")).isZero();
      assertThat(shell.json().getJsonArray("packs")).hasSize(1);
      assertThat(shell.airbox("tpu", "status", "--data", data, "--json")).isZero();
      assertThat(shell.json().getString("engine")).isEqualTo("bm1684x");
      assertThat(shell.airbox("tpu", "load", "none", "--data", data)).isEqualTo(ExitCodes.USAGE);
      assertThat(daemon.packs.report().orElseThrow().packs()).hasSize(1);
    }
  }
}
