package io.airbox.sophon.facts;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.sophon.facts.Temperatures.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TemperaturesTest {
  private static final String CONTROLLER = "sys/bus/i2c/devices/1-0017/temperature";

  @TempDir private Path root;

  @Test
  void readsARecordedBox() {
    assertThat(Temperatures.read(RecordedBox.airbox()))
        .isEqualTo(
            new Temperatures(
                Optional.of(new Reading(48, "sys/class/thermal/thermal_zone0/temp")),
                Optional.of(new Reading(41, "sys/class/thermal/thermal_zone1/temp"))));
  }

  @Test
  void findsAZoneByItsNameAndNotByItsNumber() throws IOException {
    zone(0, "board", "-3400\n");
    zone(1, "x86_pkg_temp", "99000\n");
    zone(2, "soc-thermal", "51600\n");
    Temperatures told = Temperatures.read(root);
    assertThat(told.chip().map(Reading::celsius)).contains(52);
    assertThat(told.board().map(Reading::celsius)).contains(-3);
  }

  @Test
  void asksTheControllerForWhatNoZoneTells() throws IOException {
    zone(0, "soc", "50000");
    put(CONTROLLER, "SoC temperature: 49 Cel\nBoard temperature: -5 Cel\n");
    Temperatures told = Temperatures.read(root);
    assertThat(told.chip().map(Reading::celsius)).contains(50);
    assertThat(told.board()).contains(new Reading(-5, CONTROLLER));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "unknown", "-", "1e5", "-270000", "400000", "99999999999"})
  void anOddTemperatureIsUnknown(String text) throws IOException {
    zone(0, "soc", text);
    put(CONTROLLER, "SoC temperature: 999 Cel\nBoard temperature:\n");
    assertThat(Temperatures.read(root))
        .isEqualTo(new Temperatures(Optional.empty(), Optional.empty()));
  }

  private void zone(int number, String type, String temperature) throws IOException {
    put("sys/class/thermal/thermal_zone" + number + "/type", type + "\n");
    put("sys/class/thermal/thermal_zone" + number + "/temp", temperature);
  }

  private void put(String name, String text) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
