package io.airbox.hwtests.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.hwtests.DaemonProcess;
import io.airbox.hwtests.flash.DoublePackage;
import io.airbox.hwtests.flash.UbootBox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.support.ui.Select;

/** The Flash tab, with a real boot loader at the other end of the line. */
class FlashPageIT {
  private static final String NINTH = "rootfs.3-of-12.gz";

  @TempDir private static Path folder;
  private static DoublePackage sdcard;
  private static DaemonProcess daemon;
  private static BoxClient client;
  private static String operatorsKey;
  private static Browser browser;

  @TempDir private Path own;
  private UbootBox box;

  @BeforeAll
  static void start() throws IOException {
    Path packages = Files.createDirectories(folder.resolve("data/flash-packages"));
    sdcard = DoublePackage.create(folder.resolve("made/sdcard"));
    Files.createSymbolicLink(packages.resolve("sdcard"), sdcard.folder());
    daemon =
        DaemonProcess.start(
            folder.resolve("data"),
            Map.of("http.port", "0", "engine.kind", "onnx"),
            Map.of(),
            List.of());
    client = new BoxClient(daemon);
    operatorsKey = client.addKey(client.claim(), "A workshop", "operator");
    browser = new Browser();
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
    if (daemon != null) {
      daemon.close();
    }
  }

  @AfterEach
  void nothingWentWrongUnseen() throws IOException {
    if (box != null) {
      box.close();
    }
    assertThat(browser.errors()).isEmpty();
  }

  private void plugBoxIn() throws IOException {
    Path emmc = own.resolve("emmc.img");
    Path card = own.resolve("card.img");
    DoublePackage.target(emmc);
    sdcard.card(card, files -> {});
    box = new UbootBox(own, emmc, card);
    box.plug();
  }

  private static void open() {
    browser.arrive(daemon.address().toString());
    browser.signedIn(operatorsKey);
    browser.tab("flash");
    browser.see("#flash-start-choice");
  }

  private static void choose(String selector, String value) {
    new Select(browser.see(selector)).selectByValue(value);
  }

  /** No system lists a pseudo-terminal, so its path is typed. */
  private void watchUntil(String end) {
    choose("#flash-start-choice", "");
    browser.type("#flash-start-port", box.port().toString());
    choose("#flash-start-until", end);
    browser.click("#flash-start button[type=submit]");
    browser.see("#flash-watch[data-phase=listening]");
  }

  @Test
  void theMapFillsBlockByBlockAndTheReportIsKept() throws IOException {
    plugBoxIn();
    CountDownLatch looked = new CountDownLatch(1);
    box.when(
        "//" + NINTH,
        () -> {
          try {
            looked.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    open();
    watchUntil("flashed");
    box.powerOn();
    try {
      browser.waitFor("document.querySelectorAll('.flash-cell[data-state=WRITTEN]').length >= 8");
      assertThat(browser.all(".flash-cell")).hasSize(19);
      assertThat(browser.see("#flash-console").getText()).contains("blocks written: OK");
      browser.resize(1280, 790);
      // what a pseudo-terminal is called says nothing to a reader of the guide
      browser.inject(
          "document.querySelector('#flash-watch-title').firstChild.data = 'Flash at /dev/ttyUSB0'");
      browser.screenshotForGuide("flash");
      browser.isFine("flash-en-light");
      browser.preferColours("dark");
      browser.speak("zh");
      browser.isFine("flash-zh-dark");
      browser.speak("en");
      browser.preferColours("light");
    } finally {
      looked.countDown();
    }
    browser.see("#flash-watch[data-phase=ended][data-verdict=VERIFIED]");
    browser.see("#flash-reports li:first-child a[href$='/report.json']");
    assertThat(browser.see("#flash-reports").getText())
        .contains("The flash is complete", "console.log");
    assertThat(
            browser.evaluate(
                "fetch(document.querySelector(\"#flash-reports li:first-child a[href$='/report.json']\").href)"
                    + ".then((reply) => reply.json()).then(({ verdict }) => verdict)"))
        .isEqualTo("VERIFIED");
  }

  @Test
  void whatGoesWrongIsToldWithAdvice() throws IOException {
    plugBoxIn();
    box.when("//" + NINTH, box::powerOff);
    open();
    watchUntil("flashed");
    box.powerOn();
    browser.waitFor("document.querySelectorAll('.flash-cell[data-state=WRITTEN]').length >= 8");
    browser.click("#flash-stop");
    browser.see("#flash-watch[data-phase=ended][data-verdict=INCOMPLETE]");
    assertThat(browser.see("#flash-watch").getText()).contains("The watch was stopped");
  }

  @Test
  void aPortThatIsNotThereIsSaidAtOnce() {
    open();
    choose("#flash-start-choice", "");
    browser.type("#flash-start-port", "/dev/ttyUSB99");
    browser.click("#flash-start button[type=submit]");
    assertThat(browser.see("#flash-start .form-problem").getText()).contains("/dev/ttyUSB99");
    assertThat(browser.errors()).as("of the reply").allMatch(each -> each.contains("404"));
  }
}
