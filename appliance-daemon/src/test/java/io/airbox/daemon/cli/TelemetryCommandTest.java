package io.airbox.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.daemon.TestDaemon;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TelemetryCommandTest {
  private static final Path BOXES =
      Path.of(System.getProperty("airbox.root"), "power-monitor/src/test/box");

  @TempDir Path data;

  private Shell shell() {
    return new Shell(data, InstantSource.fixed(Instant.parse("2026-11-23T12:00:00Z")));
  }

  @Test
  void aThrottledBoxShowsItsHeatAndWhatTheKernelDoes() {
    Shell shell = shell();
    assertThat(shell.airbox("telemetry", "once", "--sysroot", BOXES.resolve("throttled"))).isZero();
    assertThat(shell.out().replaceAll(" {2,}", "  "))
        .startsWith("READING  VALUE  QUALITY  FROM\n")
        .contains("alert.soc-overheat  1  good  sys/bus/i2c/devices/1-0017/alert\n")
        .contains("temperature.soc  90.5 °C  good  sys/class/thermal/thermal_zone0/temp\n")
        .contains("power.input  15.21 W  good  sys/bus/i2c/devices/1-0017/power-now\n")
        .contains("fan.duty  100 %  good")
        .contains("tpu.clock  25.00 MHz  good")
        .contains("memory.size  1.46 GiB  good")
        .contains("uptime.system  1 d 2:02:03  good")
        .contains("throttle.level  2  good")
        .endsWith(
            """

            at 85 °C of soc the kernel slows down, until 80 °C
            at 90 °C of soc the kernel slows down, until 85 °C
            at 95 °C of soc the kernel shuts down
            """);
  }

  @Test
  void whatIsMissingSaysWhy() {
    Shell shell = shell();
    assertThat(shell.airbox("telemetry", "once", "--sysroot", BOXES.resolve("missing"))).isZero();
    assertThat(shell.out().replaceAll(" {2,}", "  "))
        .contains("power.input  -  unknown  sys/bus/i2c/devices/1-0017/power-now is not there\n");
  }

  @Test
  void programsGetValueUnitQualityAndSource() {
    Shell shell = shell();
    assertThat(shell.airbox("telemetry", "once", "--json", "--sysroot", BOXES.resolve("idle")))
        .isZero();
    assertThat(shell.json().getString("at")).isEqualTo("2026-11-23T12:00:00Z");
    JsonObject power = shell.json().getJsonObject("readings").getJsonObject("power.input");
    assertThat(power.getInteger("age_ms")).isNotNegative();
    power.remove("age_ms");
    assertThat(power)
        .isEqualTo(
            new JsonObject()
                .put("value", 9.12)
                .put("unit", "watts")
                .put("quality", "good")
                .put("source", "sys/bus/i2c/devices/1-0017/power-now")
                .put("reason", null));
    assertThat(shell.json().getJsonArray("trips").getJsonObject(2))
        .isEqualTo(
            new JsonObject()
                .put("zone", "soc")
                .put("kind", "critical")
                .put("celsius", 95.0)
                .put("hysteresis_celsius", 0.0));
  }

  @Test
  void watchingShowsItAgainUntilCtrlC() {
    Shell shell = shell();
    assertThat(shell.airbox("telemetry", "watch", "--json", "--sysroot", BOXES.resolve("laptop")))
        .isZero();
    assertThat(shell.out().lines()).hasSize(2).allMatch(line -> line.startsWith("{\"at\":"));
  }

  @Test
  void aDaemonThatRunsIsAskedAndTellsMore() throws Exception {
    Path load = BOXES.resolve("load");
    try (TestDaemon daemon =
        TestDaemon.start(
            data,
            Map.of(
                "sysroot", load.toString(), "alarms.webhook.url", "http://127.0.0.1:9/s3cret"))) {
      Shell shell = shell();
      assertThat(shell.airbox("telemetry", "once", "--data", data)).isZero();
      assertThat(shell.err()).isEmpty();
      assertThat(shell.out().replaceAll(" {2,}", "  "))
          .contains("power.input  23.48 W  good  sys/bus/i2c/devices/1-0017/power-now\n")
          .contains("at 95 °C of soc the kernel shuts down\n")
          .contains("\nheat: normal\nenergy: ")
          .endsWith(
              "\ntold to: webhook alarms at http://127.0.0.1:9, connected;"
                  + " waiting: 0 alarms, 0 minutes; last sent: nothing yet\n");
      assertThat(shell.airbox("telemetry", "watch", "--json", "--data", data)).isZero();
      assertThat(shell.out().lines()).hasSize(2).allMatch(line -> line.contains("\"thermal\""));
      assertThat(daemon.url).isNotEmpty();
    }
    Shell alone = shell();
    assertThat(alone.airbox("telemetry", "once", "--data", data)).isZero();
    assertThat(alone.err()).contains("no daemon runs here");
  }

  @Test
  void aFolderThatIsNotThereIsWrongUsage() {
    Shell shell = shell();
    assertThat(shell.airbox("telemetry", "once", "--sysroot", data.resolve("no")))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).contains("is not a folder (--sysroot)");
    assertThat(shell.airbox("telemetry")).isEqualTo(ExitCodes.USAGE);
  }
}
