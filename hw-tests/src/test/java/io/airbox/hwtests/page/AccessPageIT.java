package io.airbox.hwtests.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.hwtests.DaemonProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.Keys;

/** Whose box it is, and who may do what, as it shows in a browser. */
class AccessPageIT {
  @TempDir private static Path data;
  private static DaemonProcess daemon;
  private static BoxClient client;
  private static String ownersKey;
  private static Browser browser;

  @BeforeAll
  static void start() {
    daemon = DaemonProcess.start(data);
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
  }

  @BeforeEach
  void arriveAsGuest() {
    letGuestsIn(true);
    browser.arrive(page());
  }

  @AfterEach
  void nothingWentWrongUnseen() {
    // refused requests are logged by the browser itself; the page shows them, and tests look at
    // that
    assertThat(browser.errors()).allMatch(message -> message.contains("status of 4"));
  }

  @Test
  void theFirstWithTheCodeOwnsTheBoxAndNobodyAfter(@TempDir Path fresh) {
    try (DaemonProcess unclaimed = DaemonProcess.start(fresh)) {
      String address = unclaimed.address().toString();
      String code = new BoxClient(unclaimed).code();
      browser.openFresh(address);
      assertThat(browser.see(".claim-banner").getText()).contains("no owner yet");
      assertThat(browser.all(".tabs a")).as("tabs of a guest").hasSize(3);
      String first = browser.window();
      browser.openElsewhere(elsewhere(unclaimed));
      String second = browser.window();
      openClaim(code);

      browser.switchTo(first);
      openClaim(wrong(code));
      browser.type("#claim-repeat", "something else");
      browser.click("#claim .button-main");
      browser.see("#claim-repeat-problem");
      browser.type("#claim-repeat", BoxClient.PASSPHRASE);
      browser.click("#claim .button-main");
      assertThat(browser.see("#claim-code-problem").getText()).contains("not the present code");
      browser.type("#claim-code", code.toLowerCase(Locale.ROOT).replace('-', ' '));
      browser.click("#claim .button-main");

      browser.see(".account-known");
      browser.seeNo(".claim-banner");
      assertThat(browser.all(".tabs a")).as("tabs of the owner").hasSize(9);
      browser.reload();
      assertThat(browser.see("#account").getText()).isEqualTo("Owner");

      browser.switchTo(second);
      browser.click("#claim .button-main");
      assertThat(browser.see("#claim .form-problem").getText())
          .contains("claimed this box already");
      browser.press(Keys.ESCAPE);
      browser.seeNo(".claim-banner");
      assertThat(browser.see("#account").getText()).isEqualTo("Guest");
      browser.leaveFor(first);
    }
    browser.open(page());
    browser.errors();
  }

  @Test
  void theOwnerSignsOutAndInAgain() {
    browser.signIn("not the passphrase");
    assertThat(browser.see("#sign-in-secret-problem").getText())
        .isEqualTo("That is not the passphrase.");
    browser.type("#sign-in-secret", BoxClient.PASSPHRASE);
    browser.press(Keys.ENTER);
    browser.see(".account-known");
    browser.open(page() + "#/access");
    browser.see(".keys");
    assertThat((Boolean) browser.evaluate("document.cookie === ''"))
        .as("no script reads the session's cookie")
        .isTrue();

    browser.click("#account");
    browser.click("#sign-out");

    browser.see(".closed");
    assertThat(browser.all(".tabs a")).hasSize(3);
    browser.reload();
    assertThat(browser.see("#account").getText()).isEqualTo("Guest");
  }

  @Test
  void aKeyIsShownOnceWorksAndIsRevoked() {
    browser.signIn(BoxClient.PASSPHRASE);
    browser.see(".account-known");
    browser.tab("access");
    browser.click("#add-key");
    browser.click("#key .button-main");
    assertThat(browser.see("#key-name-problem").getText()).contains("name");
    browser.type("#key-name", "Kitchen tablet");
    browser.type("#key-pictures_per_day", "1");
    browser.press(Keys.ENTER);
    String key = browser.see("#new-key").getText();
    browser.click("#copy-key");
    browser.waitFor("document.querySelector('#copy-key').innerText.includes('Copied')");
    assertThat(key).matches("abx_[a-z0-9]{8}_[\\w-]{43}");
    browser.click(".dialog .button:not(.button-main)");
    browser.seeNo("#new-key");

    JsonObject job = new JsonObject().put("prompt", "a red apple").put("steps", 8);
    assertThat(client.ask(key, "GET", "session", null).body().getString("role")).isEqualTo("user");
    assertThat(client.ask(key, "POST", "jobs", job).status()).isEqualTo(202);
    assertThat(client.ask(key, "POST", "jobs", job).body().getString("code"))
        .isEqualTo("QUOTA_EXCEEDED");
    browser.reload();
    String row = "tr[data-key='" + key.substring(4, 12) + "']";
    assertThat(browser.see(row).getText()).contains("Kitchen tablet", "User", "1 of 1", "now");
    assertThat((String) browser.evaluate("document.body.innerHTML"))
        .doesNotContain(key.substring(13));

    browser.click(row + " .icon-button");
    browser.click("#confirm .button-danger");
    browser.seeNo(row);
    assertThat(client.ask(key, "GET", "packs", null).status()).isEqualTo(401);
    browser.type("#audit-filter", "kitchen");
    browser.waitFor("document.querySelectorAll('.audit-list li').length === 2");
    assertThat(browser.see(".audit-list").getText()).contains("Key added", "Key revoked", "Owner");
    browser.click(".audit-list li:last-child summary");
    assertThat(browser.see(".audit-list li:last-child ins").getText()).contains("1 picture a day");
  }

  @Test
  void guestsWhoAreShutOutAreToldAndLetInWithAKey() {
    String key = client.addKey(ownersKey, "Hall printer", "user");
    browser.signIn(BoxClient.PASSPHRASE);
    browser.see(".account-known");
    browser.tab("access");
    String first = browser.window();
    browser.click("#guests[aria-checked=true]");
    browser.see("#guests[aria-checked=false]");
    browser.waitFor("document.querySelector('.audit-list').innerText.includes('Guests off')");
    browser.click(".audit-list li:first-child summary");
    assertThat(browser.see(".audit-list li:first-child .change").getText()).contains("on", "off");
    assertThat(client.ask(null, "GET", "packs", null).status()).isEqualTo(401);

    browser.openElsewhere(elsewhere(daemon));
    assertThat(browser.see(".closed").getText()).contains("people with a key");
    assertThat(browser.all("#make")).isEmpty();
    browser.tab("gallery");
    browser.see(".main-gallery .closed");
    browser.click(".closed .button");
    browser.type("#sign-in-secret", key);
    browser.press(Keys.ENTER);
    browser.see(".account-known");
    assertThat(browser.see("#account").getText()).isEqualTo("Hall printer");
    assertThat(browser.all(".tabs a")).as("tabs of a user").hasSize(5);
    browser.tab("generate");
    browser.see(".choice");
    browser.leaveFor(first);
  }

  @Test
  void whatIsRefusedGoesOnAfterSigningIn() {
    String key = client.addKey(ownersKey, "Late visitor", "user");
    browser.type("#field-prompt", "a green pear");
    letGuestsIn(false);

    browser.press(Keys.chord(Keys.CONTROL, Keys.ENTER));
    assertThat(browser.see(".dialog .notice").getText()).contains("Sign in to go on", "role user");
    browser.type("#sign-in-secret", key);
    browser.press(Keys.ENTER);

    browser.see("#stage-picture[alt='a green pear']");
  }

  @Test
  void aChangedPassphraseEndsOtherSessions() {
    browser.signIn(BoxClient.PASSPHRASE);
    browser.see(".account-known");
    String first = browser.window();
    browser.openElsewhere(elsewhere(daemon));
    browser.signIn(BoxClient.PASSPHRASE);
    browser.see(".account-known");
    changePassphrase("four more random words");

    browser.leaveFor(first);
    browser.reload();
    assertThat(browser.see("#account").getText()).isEqualTo("Guest");
    browser.signIn("four more random words");
    browser.see(".account-known");
    changePassphrase(BoxClient.PASSPHRASE);
  }

  @Test
  void anOwnChainIsTakenUpAndGivenBack() throws IOException {
    browser.signIn(BoxClient.PASSPHRASE);
    browser.see(".account-known");
    browser.tab("access");
    String own = browser.see(".certificate .fingerprint").getText();
    browser.click("#install-certificate");
    browser.put("#certificate-chain", "no certificate");
    browser.put("#certificate-key", fixture("own-key.pem"));
    browser.click("#certificate .button-main");
    assertThat(browser.see("#certificate-chain-problem").getText()).contains("chain");

    browser.put("#certificate-chain", fixture("own-chain.pem"));
    browser.click("#certificate .button-main");
    browser.seeNo("#certificate");
    browser.waitFor("document.querySelector('.names').innerText.includes('airbox.example')");
    assertThat(browser.see(".certificate .fingerprint").getText()).isNotEqualTo(own);
    browser.waitFor(
        "document.querySelector('.audit-list').innerText.includes('Certificate installed')");

    browser.click("#reset-certificate");
    browser.click("#confirm .button-main");
    browser.waitFor("!document.querySelector('.names').innerText.includes('airbox.example')");
    assertThat(browser.see(".certificate .fingerprint").getText()).isEqualTo(own);
  }

  @Test
  void operatorsSeeTheMachineAndWhyALaptopStaysAsItIs() {
    browser.signIn(client.addKey(ownersKey, "Night shift", "operator"));
    browser.see(".account-known");
    browser.tab("system");

    assertThat(browser.see("#helper-absent").getText()).contains("cannot be changed from here");
    assertThat(browser.all("#reboot, #set-time, #set-hostname")).isEmpty();
    browser.isFine("access-machine-en-light");
    browser.tab("access");
    browser.see(".certificate .fingerprint");
    assertThat(browser.all(".keys, #add-key, .audit-list")).isEmpty();
    assertThat(browser.see("#guests").getDomAttribute("aria-disabled")).isEqualTo("true");
  }

  @Test
  void overTheNetworkThePageGoesToTlsFirst(@TempDir Path fresh) throws SocketException {
    String host = BoxClient.addressOfThisMachine();
    try (DaemonProcess unclaimed =
        DaemonProcess.start(fresh, Map.of("http.port", "0", "http.host", host), List.of())) {
      browser.openFresh(unclaimed.address().toString());
      browser.click("#claim-open");
      String shown = browser.see(".dialog .fingerprint").getText().replaceAll("\\s", "");
      assertThat(shown).isEqualTo(new BoxClient(unclaimed).fingerprint());
      assertThat(browser.all("#claim-code")).isEmpty();
      browser.screenshot("claim-over-http");
      browser.click(".dialog a.button-main");

      browser.see(".closed");
      assertThat((String) browser.evaluate("location.href")).startsWith("https://" + host);
      browser.click(".closed .button");
      browser.type("#claim-code", new BoxClient(unclaimed).code());
      browser.type("#claim-passphrase", BoxClient.PASSPHRASE);
      browser.type("#claim-repeat", BoxClient.PASSPHRASE);
      browser.click("#claim summary");
      assertThat(browser.see("#claim .fingerprint").getText().replaceAll("\\s", ""))
          .isEqualTo(shown);
      browser.click("#claim .button-main");

      browser.see(".access-panels");
      browser.click("#account");
      assertThat(browser.see("#account-menu").getText()).contains("Encrypted");
    }
    browser.open(page());
    browser.errors();
  }

  @ParameterizedTest
  @CsvSource({"en,light", "en,dark", "zh,light", "zh,dark"})
  void everyPlaceIsAccessibleAndFitsAPhone(String language, String colours) {
    browser.preferColours(colours);
    browser.speak(language);
    browser.see(".choice");
    browser.click("#account");
    browser.isFine("access-guest-menu-" + language + "-" + colours);
    browser.click("#sign-in-open");
    browser.see("#sign-in-secret");
    browser.isFine("access-sign-in-" + language + "-" + colours);
    browser.type("#sign-in-secret", BoxClient.PASSPHRASE);
    browser.press(Keys.ENTER);
    browser.see(".account-known");
    browser.open(page() + "#/access");
    browser.see(".keys");
    browser.click(".audit-list summary");
    browser.click("#change-passphrase");
    browser.isFine("access-access-" + language + "-" + colours);
    browser.click("#install-certificate");
    browser.isFine("access-install-certificate-" + language + "-" + colours);
    browser.press(Keys.ESCAPE);
    browser.inject("scrollTo(0, 0)");
    browser.click("#add-key");
    browser.isFine("access-add-key-" + language + "-" + colours);
    browser.type("#key-name", "Look " + language + " " + colours);
    browser.press(Keys.ENTER);
    browser.see("#new-key");
    browser.isFine("access-new-key-" + language + "-" + colours);
  }

  @ParameterizedTest
  @CsvSource({"en,light", "zh,dark"})
  void claimingIsAccessibleAndFitsAPhone(String language, String colours, @TempDir Path fresh) {
    try (DaemonProcess unclaimed = DaemonProcess.start(fresh)) {
      browser.openFresh(unclaimed.address().toString());
      browser.preferColours(colours);
      browser.speak(language);
      browser.see(".claim-banner");
      browser.isFine("access-unclaimed-" + language + "-" + colours);
      openClaim("ABCD-EFGH");
      browser.isFine("access-claim-" + language + "-" + colours);
    }
    browser.open(page());
    browser.errors();
  }

  @Test
  void aScreenshotForTheGuide(@TempDir Path fresh) {
    try (DaemonProcess other = DaemonProcess.start(fresh)) {
      BoxClient box = new BoxClient(other);
      String key = box.claim();
      String inSpring = Instant.now().plus(80, ChronoUnit.DAYS).toString();
      for (JsonObject wanted :
          List.of(
              new JsonObject()
                  .put("name", "Living-room tablet")
                  .put("role", "user")
                  .put("pictures_per_day", 5)
                  .put("concurrent_jobs", 2)
                  .put("expires", inSpring),
              new JsonObject().put("name", "Home Assistant").put("role", "operator"))) {
        String made = box.ask(key, "POST", "keys", wanted).body().getString("key");
        JsonObject job = new JsonObject().put("prompt", "a cat").put("steps", 8).put("count", 2);
        assertThat(box.ask(made, "POST", "jobs", job).status()).isEqualTo(202);
      }
      JsonObject guess = new JsonObject().put("passphrase", "let me in please");
      assertThat(box.ask(null, "POST", "session", guess).status()).isEqualTo(401);
      box.ask(key, "PUT", "access", new JsonObject().put("guests", false));
      browser.openFresh(other.address().toString());
      browser.signIn(BoxClient.PASSPHRASE);
      browser.see(".account-known");
      browser.tab("access");
      browser.see(".audit-list li");
      browser.screenshotForGuide("access");
      assertThat(browser.all("tr[data-key]")).hasSize(3);
    }
    browser.open(page());
    browser.errors();
  }

  private static String page() {
    return daemon.address().toString();
  }

  /** The same page under another name of this machine: a browser keeps nothing for both. */
  private static String elsewhere(DaemonProcess daemon) {
    return "http://localhost:" + daemon.address().getPort() + "/";
  }

  private static void openClaim(String code) {
    browser.click("#claim-open");
    browser.type("#claim-code", code);
    browser.type("#claim-passphrase", BoxClient.PASSPHRASE);
    browser.type("#claim-repeat", BoxClient.PASSPHRASE);
  }

  /** A self-signed chain and its key, made with {@code openssl req -x509 -days 10950}. */
  private static String fixture(String name) throws IOException {
    try (InputStream in = AccessPageIT.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  private static String wrong(String code) {
    return code.substring(0, 8) + (code.endsWith("0") ? "1" : "0");
  }

  private static void changePassphrase(String next) {
    String current =
        next.equals(BoxClient.PASSPHRASE) ? "four more random words" : BoxClient.PASSPHRASE;
    browser.tab("access");
    browser.click("#change-passphrase");
    browser.type("#passphrase-current", current);
    browser.type("#passphrase-passphrase", next);
    browser.type("#passphrase-repeat", next);
    browser.press(Keys.ENTER);
    browser.see("#change-passphrase");
  }

  private static void letGuestsIn(boolean welcome) {
    BoxClient.Reply reply =
        client.ask(ownersKey, "PUT", "access", new JsonObject().put("guests", welcome));
    assertThat(reply.status()).as(reply.body().encode()).isEqualTo(200);
  }
}
