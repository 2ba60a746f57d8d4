package io.airbox.sophon.facts;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.sophon.LibsophonVersion;
import io.airbox.sophon.facts.BmSmiScreen.Device;
import io.airbox.sophon.facts.BmSmiScreen.User;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class BmSmiScreenTest {
  private static final Optional<LibsophonVersion> V0_5_1 =
      Optional.of(new LibsophonVersion(0, 5, 1));

  @Test
  void readsTheScreenOfARealBoxThatLostItsSpaces() {
    BmSmiScreen screen = only("bm-smi-article.txt");

    assertThat(screen.libraryVersion()).isEqualTo(V0_5_1);
    assertThat(screen.driverVersion()).isEqualTo(V0_5_1);
    assertThat(screen.users()).isEmpty();
    assertThat(screen.devices()).containsExactly(soc("1684X-SOC", 0, 950, 0, 8429));
  }

  @Test
  void readsTheFileOfTheSameRelease() {
    List<BmSmiScreen> screens = screens("bm-smi-soc-0.5.1.txt");

    assertThat(screens).hasSize(2);
    assertThat(screens.get(0).devices()).containsExactly(soc("SOC", 0, 950, 0, 8429));
    assertThat(screens.get(0).users()).isEmpty();
    assertThat(screens.get(1).devices()).containsExactly(soc("SOC", 96, 950, 4711, 8429));
    assertThat(screens.get(1).users())
        .containsExactly(
            new User(0, 1234, "/usr/lib/jvm/java-17/bin/java", 4700),
            new User(0, 77, "ffmpeg -i x", 11));
  }

  @Test
  void readsTheOlderRelease() {
    BmSmiScreen screen = only("bm-smi-soc-0.4.9.txt");

    assertThat(screen.libraryVersion()).contains(new LibsophonVersion(0, 4, 9));
    assertThat(screen.devices()).containsExactly(soc("1684X-SOC", 12, 712, 1024, 14208));
  }

  @Test
  void aHungTpuHasNoFigures() {
    Device device = only("bm-smi-soc-0.5.1-hung.txt").devices().get(0);

    assertThat(device.active()).isFalse();
    assertThat(device.usePercent()).isEmpty();
    assertThat(device.currentMegahertz()).isEmpty();
    assertThat(device.maximumMegahertz()).hasValue(950);
  }

  @Test
  void readsCardsWithSensorsAndTwoChips() {
    List<Device> devices = only("bm-smi-pcie-0.5.1.txt").devices();

    assertThat(devices)
        .containsExactly(
            new Device(
                0,
                Optional.of("SC7 PRO"),
                Optional.of("PCIE"),
                Optional.of("HQATEVBAIAIAI0001"),
                OptionalInt.of(41),
                OptionalInt.of(48),
                OptionalDouble.of(12.3),
                OptionalInt.of(749),
                OptionalInt.of(100),
                OptionalInt.of(75),
                OptionalInt.of(1000),
                OptionalInt.of(1000),
                Optional.of("000:01:00.0"),
                true,
                OptionalDouble.of(4.1),
                OptionalLong.of(133),
                OptionalLong.of(15872)),
            new Device(
                1,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.of(40),
                OptionalInt.of(47),
                OptionalDouble.of(2),
                OptionalInt.of(751),
                OptionalInt.of(0),
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.of(75),
                Optional.of("000:01:00.1"),
                true,
                OptionalDouble.of(2.7),
                OptionalLong.of(0),
                OptionalLong.of(15872)));
  }

  @Test
  void memoryOfNoSizeIsUnknown() {
    String capture = text("bm-smi-soc-0.5.1.txt").replace("    0MB/ 8429MB", "    0MB/    0MB");
    Device device = BmSmiScreen.parse(capture).get(0).devices().get(0);
    assertThat(device.totalMebibytes()).isEmpty();
    assertThat(device.usedMebibytes()).isEmpty();
  }

  @Test
  void whatIsNoScreenIsNone() {
    assertThat(BmSmiScreen.parse("")).isEmpty();
    assertThat(BmSmiScreen.parse("bm-smi: command not found\n")).isEmpty();
  }

  @Property(tries = 500)
  void survivesACaptureCutAnywhere(@ForAll @IntRange(min = 0, max = 5000) int length) {
    String capture = text("bm-smi-soc-0.5.1.txt");
    String cut = capture.substring(0, Math.min(length, capture.length()));
    assertThat(BmSmiScreen.parse(cut)).hasSizeLessThanOrEqualTo(2);
  }

  @Property(tries = 500)
  void survivesAnyText(@ForAll String text) {
    BmSmiScreen.parse("Lib Version: 0.5.1 Driver Version: 0.5.1\n| " + text + "|" + text + "|");
  }

  private static Device soc(String name, int use, int clock, long used, long total) {
    return new Device(
        0,
        Optional.of(name),
        Optional.of("SOC"),
        Optional.empty(),
        OptionalInt.empty(),
        OptionalInt.empty(),
        OptionalDouble.empty(),
        OptionalInt.empty(),
        OptionalInt.of(use),
        OptionalInt.of(75),
        OptionalInt.of(950),
        OptionalInt.of(clock),
        Optional.empty(),
        true,
        OptionalDouble.empty(),
        OptionalLong.of(used),
        OptionalLong.of(total));
  }

  private static BmSmiScreen only(String name) {
    List<BmSmiScreen> screens = screens(name);
    assertThat(screens).hasSize(1);
    return screens.get(0);
  }

  private static List<BmSmiScreen> screens(String name) {
    return BmSmiScreen.parse(text(name));
  }

  private static String text(String name) {
    try (InputStream in = BmSmiScreenTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
