package io.airbox.hwtests.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.hwtests.DaemonProcess;
import io.airbox.hwtests.ota.Publisher;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Models tab, with releases on a web server and the real engine that tries them. */
class ModelsPageIT {
  private static final String PACK = "airbox-emoji";

  @TempDir private static Path folder;
  private static Publisher publisher;
  private static DaemonProcess daemon;
  private static BoxClient client;
  private static String ownersKey;
  private static Browser browser;

  @BeforeAll
  static void start() throws Exception {
    Path data = Files.createDirectory(folder.resolve("data"));
    publisher = new Publisher(folder, data);
    daemon =
        DaemonProcess.start(
            data,
            Map.of(
                "http.port", "0",
                "engine.kind", "onnx",
                "updates.plain.http", "true",
                "updates.rate", "20MB"),
            List.of());
    client = new BoxClient(daemon);
    ownersKey = client.claim();
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
    if (publisher != null) {
      publisher.close();
    }
  }

  @AfterEach
  void nothingWentWrongUnseen() {
    assertThat(browser.errors()).isEmpty();
  }

  private static void install(Path release) {
    browser.put("#install-address", publisher.address(release));
    browser.click("#install button[type=submit]");
  }

  private static String slot(String which) {
    return browser
        .see(
            "#installed [data-pack="
                + PACK
                + "] [data-slot="
                + which
                + "] [data-figure=version] dd")
        .getText();
  }

  @Test
  void anOwnerInstallsFollowsAndRollsBack() throws Exception {
    Path second = publisher.release(2, "key", text -> text);
    Path third = publisher.release(3, "key", text -> text);
    Path strange = publisher.release(4, "stranger", text -> text);
    browser.arrive(daemon.address().toString());
    browser.signedIn(ownersKey);
    browser.tab("models");
    assertThat(browser.see("#authorities").getText()).contains("acme");
    assertThat(browser.see("#installed").getText()).contains("not from a release");

    install(second);
    browser.see("#under-way[data-phase=fetching] progress");
    browser.isFine("models-under-way");
    browser.see("#updates li[data-outcome=installed]");
    assertThat(slot("current")).isEqualTo("0.2.0");

    install(third);
    browser.see("#updates li[data-outcome=installed] + li[data-outcome=installed]");
    browser.see("#installed [data-slot=previous]");
    assertThat(slot("current")).isEqualTo("0.3.0");
    assertThat(slot("previous")).isEqualTo("0.2.0");

    browser.click("#roll-back-" + PACK);
    browser.click("#confirm button[type=submit]");
    browser.see("#updates li[data-outcome=rolled_back]");
    assertThat(slot("current")).isEqualTo("0.2.0");
    browser.isFine("models");
    browser.screenshotForGuide("models");

    install(strange);
    assertThat(browser.see("#install .form-problem, #install .field-problem").getText())
        .contains("signed by");
    assertThat(browser.errors()).singleElement().asString().contains("422");

    browser.speak("zh");
    assertThat(browser.see("#installed-title").getText()).isEqualTo("模型");
    browser.isFine("models-zh");
    browser.speak("en");
  }

  @Test
  void anOperatorSeesAndDoesNothing() {
    String key = client.addKey(ownersKey, "Night watch", "operator");
    browser.arrive(daemon.address().toString());
    browser.signedIn(key);
    browser.tab("models");

    browser.see("#installed");
    assertThat(browser.all("#install, #installed button")).isEmpty();
  }
}
