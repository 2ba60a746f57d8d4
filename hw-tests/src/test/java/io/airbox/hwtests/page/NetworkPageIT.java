package io.airbox.hwtests.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.hwtests.DaemonProcess;
import io.vertx.core.json.JsonObject;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.Keys;

/** Changing the box's network in a browser, on a tree to throw away. */
class NetworkPageIT {
  @TempDir private static Path folder;
  private static NetworkTree tree;
  private static DaemonProcess daemon;
  private static BoxClient client;
  private static String ownersKey;
  private static Browser browser;

  @BeforeAll
  static void start() {
    tree = new NetworkTree(folder);
    daemon = DaemonProcess.start(folder.resolve("data"), tree.settings(), List.of());
    client = new BoxClient(daemon);
    client.fingerprint(); // HTTPS is up, and the page may ask other addresses of the box
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
    if (tree != null) {
      tree.close();
    }
  }

  @BeforeEach
  void arriveAsOwner() {
    browser.arrive(page());
    browser.signedIn(BoxClient.PASSPHRASE);
    browser.tab("network");
    browser.see("#port-eth0");
    browser.errors();
  }

  @AfterEach
  void nothingIsLeft() {
    JsonObject now = transaction();
    if (now != null && now.getString("ended") == null) {
      client.ask(
          ownersKey,
          "POST",
          "network/revert",
          new JsonObject().put("transaction", now.getString("id")));
      awaited("rolled_back");
    }
    assertThat(tree.file()).isEqualTo(NetworkTree.FACTORY);
  }

  @Test
  void portsAreShownWithWhatIsLiveAndWhereItIsSet() {
    assertThat(browser.see("#port-eth0").getText())
        .contains("your way here", "connected, 1000 Mb/s", "192.168.1.57/24", "DHCP")
        .contains("01-netcfg.yaml:");
    assertThat(browser.see("#port-eth1").getText())
        .contains("no cable", "192.168.150.1/24", "Fixed");
    assertThat(browser.see(".network .fact-list").isDisplayed()).isTrue();
    assertThat(browser.see("#main").getText())
        .contains("192.168.1.1 (eth0)", "/etc/netplan/01-netcfg.yaml", "0.99-0ubuntu3")
        .contains("http://ports.ubuntu.com");
  }

  @Test
  void aWrongValueIsToldAtItsFieldAndAPlanTouchesNothing() {
    browser.click("#edit-eth0");
    choose("static");
    browser.type("#port-addresses", "10.9.0.2");
    browser.press(Keys.chord(Keys.TAB));
    browser.click("#port .button-main");
    assertThat(browser.see("#port-addresses-problem").getText()).contains("10.9.0.2");
    browser.type("#port-addresses", "10.9.0.2/24");
    browser.type("#port-gateway", "10.9.0.1");
    browser.click("#port .button-main");

    assertThat(browser.see(".diff").getText()).contains("+", "10.9.0.2/24", "dhcp4");
    assertThat(browser.see(".consequences").getText()).contains("eth0");
    browser.click(".plan-dialog .button:not(.button-main)");
    browser.seeNo(".plan-dialog");
    assertThat(tree.file()).isEqualTo(NetworkTree.FACTORY);
  }

  @Test
  void aChangeIsKeptByReachingTheBoxAtItsNewAddressAndUndone() throws SocketException {
    planStatic(BoxClient.addressOfThisMachine());
    browser.click("#plan .button-main");
    browser.see("#change");
    assertThat(browser.see(".countdown").getText()).matches("1[01]\\d|120");
    browser.see("#change[data-state=confirmed]");
    assertThat(tree.file()).contains(BoxClient.addressOfThisMachine()).contains("# the office");

    browser.seeNo(".toast");
    browser.click(".network-history summary");
    browser.click(".undo-change");
    assertThat(browser.see(".diff").getText()).contains("dhcp4");
    browser.click("#plan-auto");
    browser.click("#plan .button-main");
    browser.see("#change[data-state=awaiting_confirm]");
    browser.click("#keep-change");
    browser.see("#change[data-state=confirmed]");
    Awaitility.await().until(() -> tree.file().equals(NetworkTree.FACTORY));
  }

  @Test
  void theLinkToANewAddressKeepsTheChange() throws SocketException {
    planStatic(BoxClient.addressOfThisMachine());
    browser.click("#plan-auto");
    browser.click("#plan .button-main");
    String link = browser.see(".change-urls a").getDomProperty("href");
    assertThat(link).contains("https://" + BoxClient.addressOfThisMachine(), "#/keep/");
    String first = browser.window();
    browser.openElsewhere(link);
    browser.see("#keep[data-state=kept]");
    assertThat((String) browser.evaluate("location.hash")).isEqualTo("#/keep");
    browser.leaveFor(first);
    browser.see("#change[data-state=confirmed]");
    undoLast();
  }

  @Test
  void aChangeIsTakenBackAtOnce() {
    browser.click("#open-presets");
    browser.click("#preset-both-dhcp");
    browser.click("#preset .button-main");
    browser.click("#plan-auto");
    browser.click("#plan .button-main");
    browser.see("#change[data-state=awaiting_confirm]");
    assertThat(browser.see("#edit-eth0").getDomAttribute("aria-disabled")).isEqualTo("true");
    browser.reload();
    assertThat(browser.see("#keep-change").isDisplayed()).as("after a reload").isTrue();
    browser.click("#revert-change");
    browser.see("#change[data-state=rolled_back]");
  }

  @Test
  void theLastWayInIsLeftOnlyOnPurpose() {
    browser.click("#edit-eth0");
    choose("none");
    browser.click("#port .button-main");
    browser.see("#plan-force");
    browser.click("#plan .button-danger");
    assertThat(browser.see("#plan .form-problem").getText()).contains("nobody");
    browser.press(Keys.ESCAPE);
    browser.seeNo(".plan-dialog");
  }

  @Test
  void aMirrorIsTriedBeforeItIsChosenAndPutBack() throws Exception {
    browser.click("#set-mirror");
    browser.type("#mirror-mirror", "ftp://nowhere");
    browser.press(Keys.ENTER);
    browser.see("#mirror-mirror-problem");
    browser.type("#mirror-mirror", "http://127.0.0.1:1");
    browser.press(Keys.ENTER);
    browser.see(".trial [data-reachable=false]");
    browser.click("#mirror .button-danger");
    browser.see("#restore-mirror");
    assertThat(tree.text("etc/apt/sources.list"))
        .isEqualTo("deb http://127.0.0.1:1/ubuntu-ports focal main\n");
    browser.click("#restore-mirror");
    Awaitility.await().until(() -> tree.text("etc/apt/sources.list").contains("ports.ubuntu.com"));
  }

  @Test
  void operatorsPlanAndOwnersApply() {
    JsonObject wanted = new JsonObject().put("name", "Night shift").put("role", "operator");
    String key = client.ask(ownersKey, "POST", "keys", wanted).body().getString("key");
    browser.forgetCookies();
    browser.reload();
    browser.signedIn(key);
    browser.see("#port-eth0");
    browser.click("#open-presets");
    browser.click("#preset-both-dhcp");
    browser.click("#preset .button-main");
    assertThat(browser.see(".plan-dialog").getText()).contains("Only the owner");
    assertThat(browser.all("#plan .button-main, #set-mirror")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"en,light", "zh,dark"})
  void everyPlaceIsAccessibleAndFitsAPhone(String language, String colours) {
    browser.preferColours(colours);
    browser.speak(language);
    browser.see("#port-eth0");
    browser.isFine("network-network-" + language + "-" + colours);
    browser.click("#edit-eth0");
    choose("static");
    browser.click("#port summary");
    browser.isFine("network-port-" + language + "-" + colours);
    browser.press(Keys.ESCAPE);
    browser.click("#add-bond");
    browser.isFine("network-bond-" + language + "-" + colours);
    browser.press(Keys.ESCAPE);
    browser.click("#open-presets");
    browser.see("#preset-static");
    browser.isFine("network-presets-" + language + "-" + colours);
    browser.click("#preset-both-dhcp");
    browser.click("#preset .button-main");
    browser.see(".diff");
    browser.isFine("network-plan-" + language + "-" + colours);
    browser.click("#plan-auto");
    browser.click("#plan .button-main");
    browser.see("#change[data-state=awaiting_confirm]");
    browser.isFine("network-change-" + language + "-" + colours);
    browser.click("#revert-change");
    browser.see("#change[data-state=rolled_back]");
  }

  @Test
  void aScreenshotForTheGuide() {
    browser.screenshotForGuide("network");
    assertThat(browser.all(".port")).hasSize(2);
  }

  private static void planStatic(String address) {
    browser.click("#edit-eth0");
    choose("static");
    browser.type("#port-addresses", address + "/24");
    browser.click("#port .button-main");
    browser.see(".diff");
  }

  private static void choose(String way) {
    browser.see("#port");
    browser.inject("document.querySelector('#port input[value=" + way + "]').click()");
  }

  /** As the history does it, and confirmed as on the console. */
  private static void undoLast() {
    JsonObject last =
        client
            .ask(ownersKey, "GET", "network/history", null)
            .body()
            .getJsonArray("entries")
            .getJsonObject(0);
    JsonObject plan =
        client
            .ask(
                ownersKey,
                "POST",
                "network/plan",
                new JsonObject().put("undo", last.getString("id")))
            .body();
    JsonObject announced =
        client
            .ask(
                ownersKey,
                "POST",
                "network/apply",
                new JsonObject().put("plan", plan.getString("id")))
            .body();
    awaited("awaiting_confirm");
    client.ask(
        null,
        "POST",
        "network/confirm",
        new JsonObject()
            .put("transaction", announced.getJsonObject("transaction").getString("id"))
            .put("token", announced.getString("token")));
    Awaitility.await().until(() -> tree.file().equals(NetworkTree.FACTORY));
  }

  private static JsonObject transaction() {
    return client
        .ask(ownersKey, "GET", "network/transaction", null)
        .body()
        .getJsonObject("transaction");
  }

  private static void awaited(String state) {
    Awaitility.await()
        .until(() -> transaction() != null && transaction().getString("state").equals(state));
  }

  private static String page() {
    return "http://127.0.0.1:" + daemon.address().getPort() + "/";
  }
}
