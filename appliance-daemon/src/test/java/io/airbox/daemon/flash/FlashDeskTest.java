package io.airbox.daemon.flash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbox.flasher.FlashException;
import io.airbox.flasher.live.LiveWatch;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FlashDeskTest {
  @TempDir Path data;

  private final ScriptedPort port = new ScriptedPort();
  private FlashDesk desk;

  @BeforeEach
  void open() {
    desk = new FlashDesk(data, data, port, port);
  }

  @AfterEach
  void close() {
    desk.close();
  }

  private static FlashWish wish(String path) {
    return new FlashWish(path, null, LiveWatch.Until.FLASHED);
  }

  /** All that was told until the end. */
  private JsonArray followed() throws InterruptedException {
    JsonArray told = new JsonArray();
    CountDownLatch over = new CountDownLatch(1);
    desk.follow(
        (name, event) -> {
          told.add(event.copy().put("event", name));
          if (name.equals("watch") && event.getString("ended") != null) {
            over.countDown();
          }
        });
    assertThat(over.await(30, TimeUnit.SECONDS)).as(told.encode()).isTrue();
    return told;
  }

  @Test
  void aFlashIsFollowedAndItsReportKept() throws Exception {
    desk.start(wish(ScriptedPort.PATH));
    assertThatThrownBy(() -> desk.start(wish(ScriptedPort.PATH)))
        .isInstanceOf(FlashException.class)
        .hasMessageContaining("watched already");
    port.says(ScriptedPort.FLASH.substring(0, 200));
    port.says(ScriptedPort.FLASH.substring(200));

    JsonArray told = followed();

    JsonObject end = told.getJsonObject(told.size() - 1);
    assertThat(end.getString("ending")).isEqualTo("FLASHED");
    assertThat(end.getJsonObject("report").getString("verdict")).isEqualTo("COMPLETED");
    StringBuilder console = new StringBuilder();
    for (Object each : told) {
      JsonObject event = (JsonObject) each;
      if (event.getString("event").equals("console")) {
        assertThat(event.getLong("offset")).isEqualTo(console.length());
        console.append(event.getString("text"));
      }
    }
    assertThat(console).hasToString(ScriptedPort.FLASH);
    JsonObject kept = desk.show().getJsonArray("reports").getJsonObject(0);
    assertThat(kept.getString("verdict")).isEqualTo("COMPLETED");
    Path log = desk.file(kept.getString("folder"), "console.log").orElseThrow();
    assertThat(log).hasContent(ScriptedPort.FLASH);
    assertThat(port.isOpen()).isFalse();
  }

  @Test
  void aWatchIsStoppedAndAnotherMayBegin() throws Exception {
    assertThat(desk.stop()).isFalse();
    desk.start(wish(ScriptedPort.PATH));
    assertThat(desk.stop()).isTrue();
    JsonArray told = followed();
    assertThat(told.getJsonObject(told.size() - 1).getString("ending")).isEqualTo("STOPPED");
    assertThat(desk.start(wish(ScriptedPort.PATH)).getString("phase")).isEqualTo("listening");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/dev/there-is-none", "/etc/passwd", "", "..", "a\0b", "../../dev/null"})
  void onlyDevicesAreOpened(String path) {
    assertThatThrownBy(() -> desk.start(wish(path)))
        .isInstanceOf(FlashException.class)
        .extracting(thrown -> ((FlashException) thrown).reason())
        .isEqualTo(FlashException.Reason.PORT_NOT_FOUND);
  }

  @Test
  void aPackageIsOneOfTheFolder() throws Exception {
    Files.createDirectories(data.resolve("flash-packages/sdcard"));
    Files.createDirectories(data.resolve("flash-packages/.hidden"));
    assertThat(desk.show().getJsonArray("packages")).containsExactly("sdcard");
    for (String name : new String[] {"../secret", ".hidden", "", "sdcard/.."}) {
      assertThatThrownBy(
              () -> desk.start(new FlashWish(ScriptedPort.PATH, name, LiveWatch.Until.FLASHED)))
          .isInstanceOf(FlashException.class)
          .hasMessageContaining("no card package");
    }
  }

  @Test
  void aPackageThatIsNoneEndsTheWatchWithItsReason() throws Exception {
    Files.createDirectories(data.resolve("flash-packages/empty"));
    desk.start(new FlashWish(ScriptedPort.PATH, "empty", LiveWatch.Until.FLASHED));
    JsonArray told = followed();
    assertThat(told.getJsonObject(told.size() - 1).getJsonObject("failure").getString("code"))
        .isEqualTo("NOT_A_PACKAGE");
  }

  @ParameterizedTest
  @CsvSource({
    "20261123-160000, ../../secret",
    ".., secret",
    "20261123-160000/.., console.log",
    "20261123-160000, secret.json",
    "20261123-160000, report.json.tmp",
  })
  void nothingButReportsIsHandedOut(String folder, String name) throws Exception {
    Path kept = Files.createDirectories(data.resolve("flash-reports/20261123-160000"));
    for (String each : new String[] {"secret.json", "report.json.tmp", "report.json"}) {
      Files.writeString(kept.resolve(each), "{}");
    }
    Files.writeString(data.resolve("secret"), "x");
    assertThat(desk.file(folder, name)).isEmpty();
    assertThat(desk.file("20261123-160000", "report.json")).isPresent();
  }

  @Test
  void aDamagedReportHidesNoOther() throws Exception {
    for (String[] each :
        new String[][] {
          {"20261123-160000", "{\"verdict\":\"VERIFIED\",\"ending\":\"BOOTED\"}"},
          {"20261123-160001", "{"},
          {"20261123-160002", "{\"verdict\":[]}"}
        }) {
      Path kept = Files.createDirectories(data.resolve("flash-reports").resolve(each[0]));
      Files.writeString(kept.resolve("report.json"), each[1]);
    }
    JsonArray reports = desk.show().getJsonArray("reports");
    assertThat(reports).hasSize(3);
    assertThat(reports.getJsonObject(2).getString("verdict")).isEqualTo("VERIFIED");
  }

  @Test
  void aSavedConsoleIsRead() {
    byte[] transcript = ScriptedPort.FLASH.getBytes(StandardCharsets.US_ASCII);
    assertThat(desk.analyze(transcript, null).getString("verdict")).isEqualTo("COMPLETED");
    assertThat(desk.analyze(new byte[0], null).getString("verdict")).isEqualTo("UNKNOWN");
  }

  @Test
  void theConsoleIsBounded() {
    ConsoleTail tail = new ConsoleTail();
    byte[] piece = new byte[1000];
    for (int i = 0; i < 100; i++) {
      Arrays.fill(piece, (byte) ('a' + i % 26));
      assertThat(tail.append(piece, piece.length).getLong("offset")).isEqualTo(i * 1000L);
    }
    JsonObject all = tail.all();
    assertThat(all.getLong("offset")).isEqualTo(100_000 - 65_536);
    assertThat(all.getString("text")).hasSize(65_536).endsWith("v".repeat(1000));
  }
}
