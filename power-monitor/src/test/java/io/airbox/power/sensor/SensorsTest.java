package io.airbox.power.sensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.airbox.power.RecordedMachine;
import io.airbox.power.SetTicker;
import io.airbox.power.TripPoint;
import io.airbox.power.TripPoint.Kind;
import io.airbox.power.Unit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SensorsTest {
  private final SetTicker ticker = new SetTicker(5);
  private final List<TripPoint> trips = new ArrayList<>();

  @TempDir Path folder;

  private Map<String, Measurement> read(List<Probe> probes) {
    Map<String, Measurement> found = new TreeMap<>();
    trips.clear();
    for (Probe probe : probes) {
      Findings findings = probe.read();
      findings.measurements().forEach(each -> assertThat(found.put(each.id(), each)).isNull());
      trips.addAll(findings.trips());
    }
    return found;
  }

  private Map<String, Measurement> read(String machine) {
    return read(Sensors.of(RecordedMachine.tree(machine), ticker));
  }

  private static double value(Map<String, Measurement> found, String id) {
    assertThat(found).containsKey(id);
    Measurement measurement = found.get(id);
    assertThat(measurement.value()).as(id + " " + measurement.reason()).isPresent();
    return measurement.value().getAsDouble();
  }

  @Test
  void anIdleBoxTellsAllThatABoxHas() {
    Map<String, Measurement> found = read("idle");
    assertThat(value(found, "temperature.soc")).isEqualTo(42.25);
    assertThat(value(found, "temperature.board")).isEqualTo(38.5);
    assertThat(value(found, "temperature.controller-soc")).isEqualTo(42);
    assertThat(value(found, "temperature.controller-board")).isEqualTo(38);
    assertThat(value(found, "power.input")).isEqualTo(9.12);
    assertThat(value(found, "controller.resets")).isEqualTo(2);
    assertThat(value(found, "controller.uptime")).isEqualTo(65536 + 21037);
    assertThat(value(found, "controller.alerts")).isZero();
    assertThat(value(found, "alert.soc-overheat")).isZero();
    assertThat(value(found, "throttle.level")).isZero();
    assertThat(value(found, "fan.duty")).isEqualTo(0.6);
    assertThat(value(found, "fan.speed")).isEqualTo(2940);
    assertThat(value(found, "tpu.use")).isZero();
    assertThat(value(found, "tpu.use.average")).isEqualTo(0.03);
    assertThat(value(found, "tpu.heap.npu.peak")).isEqualTo(8192);
    assertThat(value(found, "tpu.clock")).isEqualTo(950e6);
    assertThat(value(found, "tpu.heap.npu.size")).isEqualTo(7984906240.0);
    assertThat(value(found, "cpu.count")).isEqualTo(8);
    assertThat(value(found, "cpu.clock")).isEqualTo(1.15e9);
    assertThat(value(found, "cpu.load")).isEqualTo(0.08);
    assertThat(value(found, "memory.size")).isEqualTo(1531780 * 1024.0);
    assertThat(value(found, "memory.available")).isEqualTo(1180220 * 1024.0);
    assertThat(value(found, "memory.swap.used")).isZero();
    assertThat(value(found, "disk.mmc0.wear-a")).isEqualTo(0.1);
    assertThat(value(found, "disk.mmc0.wear-b")).isEqualTo(0.2);
    assertThat(value(found, "disk.mmc0.end-of-life")).isEqualTo(1);
    assertThat(value(found, "uptime.system")).isEqualTo(86523.14);
    assertThat(found.get("power.input").unit()).isEqualTo(Unit.WATTS);
    assertThat(found.get("power.input").source()).isEqualTo("sys/bus/i2c/devices/1-0017/power-now");
    assertThat(trips)
        .containsExactly(
            new TripPoint("soc", Kind.PASSIVE, 85, 5),
            new TripPoint("soc", Kind.PASSIVE, 90, 5),
            new TripPoint("soc", Kind.CRITICAL, 95, 0));
  }

  @Test
  void aRecordedTreeDoesNotTellTheRoomOfThisMachine() {
    assertThat(read("idle").get("storage.data.free").reason())
        .isEqualTo("a recorded tree does not tell it");
  }

  @Test
  void aThrottledBoxTellsItsStepAndItsAlert() {
    Map<String, Measurement> found = read("throttled");
    assertThat(value(found, "throttle.level")).isEqualTo(2);
    assertThat(value(found, "tpu.clock")).isEqualTo(25e6);
    assertThat(value(found, "controller.alerts")).isEqualTo(1);
    assertThat(value(found, "alert.soc-overheat")).isEqualTo(1);
    assertThat(value(found, "alert.testing-mode")).isZero();
  }

  @Test
  void whatABoxLacksIsUnknownWithTheReason() {
    Map<String, Measurement> found = read("missing");
    assertThat(reasons(found))
        .containsEntry("temperature.soc", "the kernel has none here")
        .containsEntry("throttle.level", "the kernel has none here")
        .containsEntry("power.input", "is not there")
        .containsEntry("fan.duty", "is not there")
        .containsEntry("fan.speed", "says \"0\": the tachometer is off")
        .containsEntry("tpu.use", "says \"Please, set [Usage enable] to 1\"")
        .containsEntry("tpu.heap.npu.used", "is not there");
    assertThat(value(found, "temperature.controller-soc")).isEqualTo(64);
    assertThat(value(found, "controller.uptime")).isEqualTo(140);
    assertThat(trips).isEmpty();
  }

  @Test
  void whatABoxLacksIsWhatItWasExpectedToHave() {
    for (Probe probe : Sensors.of(RecordedMachine.tree("missing"), ticker)) {
      List<String> told = probe.read().measurements().stream().map(Measurement::id).toList();
      assertThat(told).containsAll(probe.expected().stream().map(Measurement::id).toList());
    }
  }

  private static Map<String, String> reasons(Map<String, Measurement> found) {
    Map<String, String> reasons = new TreeMap<>();
    found.forEach((id, each) -> reasons.put(id, each.reason()));
    return reasons;
  }

  @Test
  void aLaptopTellsItsMonitorsAndNothingOfABox() {
    Map<String, Measurement> found = read("laptop");
    assertThat(value(found, "temperature.x86-pkg-temp")).isEqualTo(57);
    assertThat(value(found, "temperature.coretemp-package-id-0")).isEqualTo(57);
    assertThat(value(found, "temperature.nvme-composite")).isEqualTo(41.85);
    assertThat(value(found, "fan.thinkpad-fan1")).isEqualTo(2647);
    assertThat(value(found, "voltage.bat0-in0")).isEqualTo(12.29);
    assertThat(value(found, "current.bat0-curr1")).isEqualTo(0.685);
    assertThat(value(found, "power.bat0-power1")).isEqualTo(8.42);
    assertThat(found.keySet())
        .contains("temperature.acpitz")
        .doesNotContain("temperature.acpitz-temp1", "power.input", "tpu.use", "throttle.level");
    assertThat(trips).containsExactly(new TripPoint("acpitz", Kind.CRITICAL, 103, 0));
  }

  @Test
  void ratesNeedTwoReadings() throws IOException {
    Path laptop = RecordedMachine.copy("laptop", folder.resolve("laptop"));
    List<Probe> probes = Sensors.of(laptop, ticker);
    Map<String, Measurement> first = read(probes);
    assertThat(first.get("network.wlp3s0.received").reason()).isEqualTo("needs two readings");
    assertThat(first.get("cpu.use").reason()).isEqualTo("needs two readings");

    ticker.forward(Duration.ofSeconds(2));
    change(laptop, "proc/net/dev", "5000000", "5003000");
    change(laptop, "proc/diskstats", "15000 9000 600000", "15010 9000 600200");
    change(laptop, "proc/stat", "cpu  200000", "cpu  200300");
    change(laptop, "proc/stat", "1500000", "1500100");
    // from 1.328850 J before its end round to 5 J
    write(laptop, "sys/class/powercap/intel-rapl:0/energy_uj", "5000000\n");
    Map<String, Measurement> second = read(probes);
    assertThat(value(second, "network.wlp3s0.received")).isEqualTo(1500);
    assertThat(value(second, "network.wlp3s0.sent")).isZero();
    assertThat(value(second, "disk.nvme0n1.written")).isEqualTo(51200);
    assertThat(value(second, "cpu.use")).isEqualTo(0.75);
    assertThat(value(second, "power.package-0")).isCloseTo(2.664425, within(1e-6));

    ticker.forward(Duration.ofSeconds(2));
    change(laptop, "proc/net/dev", "5003000", "12");
    assertThat(read(probes).get("network.wlp3s0.received").value()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "sys/class/thermal/thermal_zone0/temp, temperature.soc, -274000",
    "sys/class/thermal/thermal_zone0/temp, temperature.soc, 999999999999999999999",
    "sys/class/thermal/thermal_zone0/temp, temperature.soc, 42C",
    "sys/bus/i2c/devices/1-0017/power-now, power.input, 65535mW",
    "sys/bus/i2c/devices/1-0017/power-now, power.input, 0mW",
    "sys/bus/i2c/devices/1-0017/power-now, power.input, -5mW",
    "sys/bus/i2c/devices/1-0017/uptime, controller.uptime, 70000 Seconds",
    "sys/bus/i2c/devices/1-0017/alert, controller.alerts, 'Mask 0x00, Status 0xFFFFF'",
    "sys/class/pwm/pwmchip0/pwm0/period, fan.duty, 0",
    "sys/class/pwm/pwmchip0/pwm0/duty_cycle, fan.duty, 40001",
    "sys/class/bm-tach/bm-tach-0/fan_speed, fan.speed, fan_speed:-1",
    "sys/class/thermal/cooling_device0/cur_state, throttle.level, 4294967295",
    "sys/class/mmc_host/mmc0/mmc0:0001/life_time, disk.mmc0.wear-a, 0x00 0xff",
    "proc/uptime, uptime.system, NaN NaN",
    "proc/meminfo, memory.available, 'MemAvailable: -1 kB'"
  })
  void absurdTextsAreUnknownAndShown(String file, String id, String text) {
    Path box = RecordedMachine.copy("idle", folder.resolve("box"));
    write(box, file, text);
    Measurement measurement = read(Sensors.of(box, ticker)).get(id);
    assertThat(measurement.value()).isEmpty();
    assertThat(measurement.reason())
        .startsWith("says \"" + text.substring(0, Math.min(3, text.length())));
  }

  @Test
  void zonesWithOtherNamesAreTakenByNumberOnABox() {
    Path box = RecordedMachine.copy("idle", folder.resolve("box"));
    write(box, "sys/class/thermal/thermal_zone0/type", "tmp451-a\n");
    write(box, "sys/class/thermal/thermal_zone1/type", "tmp451-b\n");
    assertThat(value(read(Sensors.of(box, ticker)), "temperature.soc")).isEqualTo(42.25);
    write(box, "sys/class/thermal/thermal_zone1/type", "soc-thermal\n");
    assertThat(value(read(Sensors.of(box, ticker)), "temperature.soc")).isEqualTo(38.5);
  }

  @Test
  void thisMachineTellsPlausibleValues() {
    Map<String, Measurement> found = read(Sensors.of(Path.of("/"), ticker));
    assertThat(value(found, "memory.size")).isGreaterThan(value(found, "memory.available"));
    assertThat(value(found, "cpu.count")).isPositive();
    assertThat(value(found, "uptime.system")).isPositive();
    assertThat(value(found, "storage.root.size")).isGreaterThan(value(found, "storage.root.free"));
  }

  @Test
  void aFileSystemIsToldOnceAndBlanksAreBlanks() {
    assertThat(
            FileSystems.mounts(
                """
                overlay / overlay rw 0 0
                overlay /var/lib/docker/overlay2/1/merged overlay rw 0 0
                /dev/sda1 /media/my\\040disk ext4 rw 0 0
                /dev/sda1 /again ext4 rw 0 0
                server:/x /nfs nfs rw 0 0
                """))
        .containsExactly(
            new FileSystems.Mount("overlay", "/"),
            new FileSystems.Mount("/dev/sda1", "/media/my disk"));
  }

  private static void change(Path root, String file, String from, String to) throws IOException {
    String text = Files.readString(root.resolve(file));
    assertThat(text).contains(from);
    write(root, file, text.replace(from, to));
  }

  private static void write(Path root, String file, String text) {
    try {
      Files.writeString(root.resolve(file), text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
