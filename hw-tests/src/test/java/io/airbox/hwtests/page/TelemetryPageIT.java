package io.airbox.hwtests.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.hwtests.Checkout;
import io.airbox.hwtests.DaemonProcess;
import io.airbox.power.Unit;
import io.airbox.power.history.HistoryFiles;
import io.airbox.power.history.Minute;
import io.airbox.power.history.Series;
import io.airbox.power.history.Summary;
import io.airbox.power.mqtt.Mosquitto;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Telemetry tab on a recorded box that tests heat. */
class TelemetryPageIT {
  @TempDir private static Path folder;
  private static Path box;
  private static Mosquitto broker;
  private static DaemonProcess daemon;
  private static BoxClient client;
  private static String ownersKey;
  private static Browser browser;

  @BeforeAll
  static void start() throws Exception {
    broker = Mosquitto.start(folder.resolve("broker"));
    box = folder.resolve("box");
    copy(Checkout.path("power-monitor/src/test/box/load"), box);
    writeDay(folder.resolve("data/telemetry"));
    daemon =
        DaemonProcess.start(
            folder.resolve("data"),
            Map.of(
                "http.port", "0",
                "engine.kind", "onnx",
                "telemetry.interval", "1s",
                "mqtt.broker", broker.uri().toString(),
                "alarms.webhook.url", "http://127.0.0.1:1/hook",
                "sysroot", box.toString()),
            Map.of(),
            List.of());
    client = new BoxClient(daemon);
    ownersKey = client.claim();
    browser = new Browser();
  }

  /** The minutes of an invented day: a box that makes pictures in the afternoon and cools down. */
  private static void writeDay(Path history) throws IOException {
    Files.createDirectories(history);
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    try (HistoryFiles files = HistoryFiles.open(history, 1 << 20)) {
      double soc = 44;
      for (int i = 0; i < PARTS; i++) {
        boolean busy = i > 90 && i < 190 && i % 40 < 30;
        soc += ((busy ? 71 : 44) - soc) / 6;
        double ripple = Math.sin(i * 1.7) * (busy ? 2 : 0.6);
        double watts = busy ? 23.5 : 9.1;
        Map<String, Series> series =
            Map.of(
                "temperature.soc", series(Unit.CELSIUS, soc + ripple, 1.5),
                "temperature.board", series(Unit.CELSIUS, 38 + (soc - 44) / 2, 0.5),
                "power.input", series(Unit.WATTS, watts + ripple / 4, busy ? 3 : 0.3),
                "tpu.use", series(Unit.RATIO, busy ? 0.92 : 0, busy ? 0.08 : 0),
                "fan.duty", series(Unit.RATIO, busy ? 0.9 : 0.6, 0));
        Duration ago = Duration.ofDays(1).multipliedBy(PARTS - i).dividedBy(PARTS);
        files.add(new Minute(now.minus(ago).plusSeconds(60), series));
      }
    }
  }

  private static final int PARTS = 240;

  private static Series series(Unit unit, double mean, double around) {
    return new Series(unit, new Summary(mean - around, mean, mean + around, 30));
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy);
        }
      }
    }
  }

  @AfterAll
  static void stop() throws InterruptedException {
    if (browser != null) {
      browser.close();
    }
    if (daemon != null) {
      daemon.close();
    }
    if (broker != null) {
      broker.close();
    }
  }

  @BeforeEach
  void arriveAsGuest() throws IOException {
    heat(71);
    browser.arrive(page());
  }

  @AfterEach
  void nothingWentWrongUnseen() {
    assertThat(browser.errors()).isEmpty();
  }

  /** The chip's temperature; a reader sees the one before or this one. */
  private static void heat(int celsius) throws IOException {
    Path next = Files.writeString(folder.resolve("temp"), celsius * 1000 + "\n");
    Files.move(
        next,
        box.resolve("sys/class/thermal/thermal_zone0/temp"),
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.ATOMIC_MOVE);
  }

  private static String page() {
    return daemon.address().toString();
  }

  private static void openAs(String role) {
    browser.signedIn(client.addKey(ownersKey, "A " + role, role));
    browser.tab("telemetry");
    browser.see(".chart canvas");
  }

  private static String gauge(String id) {
    return browser.see("[data-reading='" + id + "']").getText();
  }

  @Test
  void aUserSeesWhatTheSensorsTellAsFiguresCurvesAndTable() {
    openAs("user");

    assertThat(gauge("power.input")).contains("Input power", "23.5 W");
    assertThat(gauge("tpu.use")).contains("TPU", "96 %");
    assertThat(browser.see("#energy").getText()).contains(" J");
    assertThat(browser.all(".chart")).hasSize(3);
    assertThat(browser.see("[data-chart=temperature] .chart").getDomAttribute("aria-label"))
        .contains("Chip: ", "Board: 52.0 °C last, from ");
    browser.click("[data-chart=power] summary");
    assertThat(browser.see("[data-chart=power] table").getText())
        .contains("Last", "Least", "Mean", "Most", "23.5 W");
    browser.click("#all-readings summary");
    assertThat(browser.see("[data-reading-row='power.input']").getText())
        .contains("23.5 W", "good", "sys/bus/i2c/devices/1-0017/power-now");
    browser.inject("scrollTo(0, 0)"); // the driver scrolls a button below the page's fixed head
    browser.click("#range-day");
    browser.see("#range-day[aria-pressed=true]");
    browser.see("[data-chart=temperature] canvas");
  }

  @Test
  void aHotBoxSaysWhatThatMeansAndWhyAJobWaits() throws IOException {
    openAs("user");
    browser.see("[data-thermal=normal]");
    heat(86);
    browser.see("[data-thermal=hot]");
    assertThat(browser.see("#thermal-notice").getText())
        .contains("Other jobs wait", "86.0 °C", "hot from 85 °C on");
    browser.see("[data-alarm='heat.hot']");
    browser.screenshot("telemetry-hot");
    JsonObject wish = new JsonObject().put("prompt", "a red apple");
    String job = client.ask(ownersKey, "POST", "jobs", wish).body().getString("id");
    JsonObject waiting = client.ask(ownersKey, "GET", "jobs/" + job, null).body();
    assertThat(waiting.getJsonObject("restraint").getString("kind")).isEqualTo("hot");

    heat(71);
    browser.see("[data-thermal=warm]");
    browser.see("[data-thermal=normal]");
    browser.see("#no-alarms");
  }

  @Test
  void aUserSeesWhoIsToldAndWhyNot() throws Exception {
    openAs("user");
    assertThat(browser.see("[data-delivery=mqtt-json][data-state=connected]").getText())
        .contains("MQTT broker", broker.uri().toString(), "0 alarms", "Last sent", "now");
    assertThat(browser.see("[data-delivery=webhook-alarms]").getText())
        .contains("Webhook for alarms", "http://127.0.0.1:1")
        .doesNotContain("/hook");

    broker.stop();
    browser.see("[data-delivery=mqtt-json][data-state=waiting] .notice");
    assertThat(browser.see("[data-delivery=mqtt-json]").getText()).contains("not connected");
    broker.start();
    browser.see("[data-delivery=mqtt-json][data-state=connected]");
  }

  @Test
  void guestsFindItClosed() {
    assertThat(browser.all(".tabs a[href='#/telemetry']")).isEmpty();
    browser.open(page() + "#/telemetry");
    assertThat(browser.see(".closed").getText()).contains("people with a key");
  }

  @ParameterizedTest
  @CsvSource({"en,light", "en,dark", "zh,light", "zh,dark"})
  void itIsAccessibleAndFitsAPhone(String language, String colours) {
    openAs("user");
    browser.preferColours(colours);
    browser.speak(language);
    browser.see(".chart canvas");
    browser.click("[data-chart=temperature] summary");
    browser.click("#all-readings summary");
    browser.isFine(String.join("-", "telemetry", language, colours));
  }

  @Test
  void aScreenshotForTheGuide() {
    JsonObject wish = new JsonObject().put("prompt", "a red apple");
    client.ask(ownersKey, "POST", "jobs", wish);
    openAs("user");
    browser.waitFor("!document.querySelector('#energy .untold')");
    browser.click("#range-day");
    browser.see("#range-day[aria-pressed=true]");
    // the day's least, which is below the present one
    browser.waitFor(
        "/from [0-9]\\.[0-9] W/.test(document.querySelector('[data-chart=power] .chart').ariaLabel)");
    browser.resize(1280, 1250);
    browser.screenshotForGuide("telemetry");
    assertThat(browser.all(".curves")).hasSize(3);
  }
}
