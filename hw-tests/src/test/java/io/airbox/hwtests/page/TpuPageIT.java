package io.airbox.hwtests.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.airbox.hwtests.Checkout;
import io.airbox.hwtests.DaemonProcess;
import io.airbox.hwtests.tpu.StubLibsophon;
import io.airbox.hwtests.tpu.TpuPacks;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.Keys;

/** The Engine tab: a TPU whose heaps have books, one that hangs, and a CPU. */
class TpuPageIT {
  private static final List<String> PACKS = List.of("landscapes", "portraits", "sketches");

  /** Of two packs each: both do not fit below the limit, one and the little pack do. */
  private static final long LARGE = 40L << 20;

  private static final long OTHERS = 923_456_789;

  /** How often the page has asked for the memory. */
  private static final String LOOKS =
      "performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/api/v1/tpu')).length";

  @TempDir private static Path folder;
  private static StubLibsophon stub;
  private static DaemonProcess daemon;
  private static BoxClient client;
  private static String ownersKey;
  private static Browser browser;

  @BeforeAll
  static void start() throws IOException {
    stub = StubLibsophon.build(folder, "0.5.1");
    stub.fault("others", String.valueOf(OTHERS));
    addFilesOfABox(stub.root());
    TpuPacks packs = new TpuPacks(folder.resolve("packs"));
    for (String pack : PACKS) {
      packs.small(pack, pack.equals("sketches") ? 1 << 20 : LARGE);
    }
    daemon = daemonWith(stub, packs, folder.resolve("data"), "72MB");
    client = new BoxClient(daemon);
    ownersKey = client.claim();
    browser = new Browser();
  }

  private static DaemonProcess daemonWith(
      StubLibsophon stub, TpuPacks packs, Path data, String limit) {
    return DaemonProcess.start(
        data,
        Map.of(
            "http.port",
            "0",
            "engine.kind",
            "bm1684x",
            "memory.limit",
            limit,
            "memory.headroom",
            "1MB",
            "sysroot",
            stub.root().toString(),
            "models.dirs",
            packs.folder().toString()),
        Map.of("TPU_STUB_FAULTS", stub.faults().toString()),
        List.of());
  }

  /**
   * Device node, identity, use and temperatures, as the recorded box has them; without the heaps'
   * summaries, which only root may read, and which would contradict the stand-in's books.
   */
  private static void addFilesOfABox(Path root) throws IOException {
    Path box = Checkout.path("sophon-jni/src/test/box/airbox");
    for (String part : List.of("dev", "proc", "sys")) {
      try (Stream<Path> files = Files.walk(box.resolve(part))) {
        for (Path file : files.toList()) {
          Path copy = root.resolve(box.relativize(file).toString());
          if (file.startsWith(box.resolve("sys/kernel/debug"))) {
            continue;
          }
          if (Files.isDirectory(file)) {
            Files.createDirectories(copy);
          } else {
            Files.copy(file, copy);
          }
        }
      }
    }
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
    PACKS.forEach(pack -> steer(pack, "loaded", false));
    browser.arrive(page());
  }

  @AfterEach
  void nothingWentWrongUnseen() {
    // a refusal is logged by the browser itself; the page shows it, and tests look at that
    assertThat(browser.errors()).allMatch(message -> message.contains("status of 507"));
  }

  @Test
  void aUserSeesTheMemoryAndMayNotSteerIt() {
    steer("landscapes", "loaded", true);
    openAs("user");

    assertThat(browser.see("#engine-kind").getText()).contains("on the TPU");
    String all = label("all");
    assertThat(all).contains("models hold 43.1 MiB", "others 880.7 MiB", "of 14.03 GiB");
    assertThat(all).contains("Models may take 72.0 MiB", "1.0 MiB stay free");
    assertThat(label("npu")).contains("models hold 43.1 MiB", "others 880.7 MiB");
    assertThat(label("vpu")).contains("models hold 0 B", "2.87 GiB free of 2.87 GiB");
    assertThat(browser.see("[data-heap-row=npu]").getText()).contains("43.1 MiB", "880.7 MiB");
    assertThat(title("[data-heap=npu] .segment-pack")).startsWith("landscapes: 43.1 MiB");
    assertThat(browser.see("[data-pack=landscapes]").getText())
        .contains("Holds", "Declared", "Measured", "43.1 MiB", "TPU");
    assertThat(browser.see("[data-pack=sketches]").getText()).contains("not loaded");
    assertThat(browser.all(".pack-actions, .processes")).isEmpty();
    assertThat(browser.see(".device").getText()).doesNotContain("Serial number");
  }

  @Test
  void theDeviceIsToldWithItsSources() {
    steer("sketches", "loaded", true);
    openAs("operator");

    assertThat(reading("clock_mhz")).contains("950 MHz", "75 to 950 MHz");
    assertThat(reading("use_percent")).contains("4 %", "2 % on average");
    assertThat(reading("chip_celsius")).contains("48 °C");
    assertThat(browser.see(".device").getText())
        .contains("BM1684X", "SM7 AIRBOX", "0.5.1", "HQATEVBAIAIAI0001");
    assertThat(title("[data-reading=clock_mhz] dd")).isEqualTo("told by the engine");
    assertThat(title("[data-reading=chip_celsius] dd"))
        .isEqualTo("read from /sys/class/thermal/thermal_zone0/temp");
    assertThat(browser.all(".source")).isEmpty();
    browser.click("#show-sources");
    assertThat(reading("chip_celsius")).contains("thermal_zone0/temp");
    browser.click(".processes summary");
    assertThat(browser.see(".processes").getText()).contains("process 1234", "airbox engine");
  }

  @Test
  void anOperatorLoadsPinsAndIsToldWhyAnotherDoesNotFit() {
    openAs("operator");
    browser.click("#load-landscapes");
    browser.see("[data-pack=landscapes][data-loaded=true]");
    assertThat(browser.evaluate("document.activeElement.id")).isEqualTo("load-landscapes");
    browser.click("#pin-landscapes[data-action=pin]");
    browser.see("[data-pack=landscapes] .tag-pinned");

    browser.click("#load-portraits");
    assertThat(browser.see("[data-pack=portraits] .notice").getText())
        .contains("not enough memory", "Unpin or unload", "72.0 MiB", "landscapes (pinned)");
    browser.screenshot("engine-refused");
    browser.see("#heap-counts");

    browser.click("#pin-landscapes[data-action=unpin]");
    browser.seeNo("[data-pack=landscapes] .tag-pinned");
    browser.click("#load-portraits");
    browser.see("[data-pack=portraits][data-loaded=true]");
    browser.see("[data-pack=landscapes][data-loaded=false]");
    browser.seeNo("[data-pack=portraits] .notice");
    browser.click("#load-portraits[data-action=unload]");
    browser.see("[data-pack=portraits][data-loaded=false]");
    browser.waitFor("document.querySelector('[data-heap=all] .segment-pack') === null");
  }

  @Test
  void networksAndBuffersOpenByKeyboard() {
    steer("sketches", "loaded", true);
    openAs("user");
    browser.see("#networks-sketches");
    browser.inject("document.querySelector('#networks-sketches summary').focus()");
    browser.press(Keys.ENTER);
    browser.press(Keys.TAB);
    browser.press(Keys.ENTER);

    assertThat(browser.see("#networks-sketches .buffers").getText())
        .contains("text_encoder.bmodel", "Weights", "Instructions", "Input input_ids", "npu");
    browser.waitFor(LOOKS + " > 3");
    assertThat(browser.see("#networks-sketches .buffers").isDisplayed())
        .as("it stays open while figures are read anew")
        .isTrue();
  }

  @Test
  void itFollowsWhatOthersDoAndRestsWhileHidden() {
    openAs("user");
    browser.see("[data-pack=sketches][data-loaded=false]");
    steer("sketches", "loaded", true);
    browser.see("[data-pack=sketches][data-loaded=true]");

    pretend("hidden");
    looksNoMore("of a page that nobody sees");
    steer("sketches", "loaded", false);
    pretend("visible");
    browser.see("[data-pack=sketches][data-loaded=false]");

    browser.tab("system");
    browser.see(".main-system");
    looksNoMore("of a tab that nobody sees");
  }

  @Test
  void guestsFindItClosedAndGoOnAfterSigningIn() {
    assertThat(browser.all(".tabs a[href='#/engine']")).isEmpty();
    browser.open(page() + "#/engine");
    assertThat(browser.see(".closed").getText()).contains("people with a key");
    assertThat(looks()).isZero();
    browser.click(".closed .button");
    browser.type("#sign-in-secret", client.addKey(ownersKey, "A user", "user"));
    browser.press(Keys.ENTER);

    browser.see(".heap-bar");
    browser.click("#account");
    browser.click("#sign-out");
    browser.see(".closed");
    assertThat(browser.all(".heap-bar")).isEmpty();
  }

  @Test
  void aTpuThatHangsSaysSoAndWhatNobodyTellsIsUnknown(@TempDir Path other) throws IOException {
    StubLibsophon broken = StubLibsophon.build(other, "0.4.9");
    broken.fault("hung", "");
    TpuPacks packs = new TpuPacks(folder.resolve("packs"));
    try (DaemonProcess hung = daemonWith(broken, packs, other.resolve("data"), "72MB")) {
      new BoxClient(hung).claim();
      browser.openFresh(hung.address().toString());
      browser.signedIn(BoxClient.PASSPHRASE);
      browser.tab("engine");

      assertThat(browser.see("#device-hung").getText()).contains("Restart the box", "hangs");
      assertThat(reading("chip_celsius")).contains("unknown").doesNotContain("0");
      assertThat(browser.seriousViolations()).isEmpty();
      browser.screenshot("engine-hung");
    }
    browser.open(page());
    browser.errors();
  }

  @Test
  void aCpuShowsTheMachinesMemory(@TempDir Path other) {
    try (DaemonProcess laptop = DaemonProcess.start(other)) {
      new BoxClient(laptop).claim();
      browser.openFresh(laptop.address().toString());
      browser.signedIn(BoxClient.PASSPHRASE);
      browser.tab("engine");

      assertThat(browser.see("#engine-kind").getText()).contains("processor of this machine");
      assertThat(browser.all(".readings")).isEmpty();
      browser.click("[data-action=load]");
      assertThat(browser.see("[data-loaded=true]").getText()).contains("CPU", "unknown");
      assertThat(browser.all(".heap")).hasSize(1);
      assertThat(label("ram")).contains("this machine", "free of");
      browser.see("[data-heap=ram] .segment-pack");
      assertThat(browser.seriousViolations()).isEmpty();
      browser.seeNo(".toast");
      browser.screenshot("engine-cpu");
    }
    browser.open(page());
    browser.errors();
  }

  @ParameterizedTest
  @CsvSource({"en,light", "en,dark", "zh,light", "zh,dark"})
  void itIsAccessibleAndFitsAPhone(String language, String colours) {
    steer("landscapes", "pinned", true);
    openAs("operator");
    browser.preferColours(colours);
    browser.speak(language);
    browser.click("#load-portraits[data-action=load]");
    browser.see("[data-pack=portraits] .notice");
    browser.click("#show-sources");
    browser.click(".processes summary");
    browser.click("#networks-landscapes > summary");
    browser.click("#networks-landscapes [data-role=unet] summary");
    browser.isFine("engine-" + language + "-" + colours);
  }

  @Test
  void aScreenshotForTheGuide(@TempDir Path other) throws IOException {
    TpuPacks packs = new TpuPacks(other.resolve("packs"));
    packs.small("landscapes", 1_900L << 20);
    packs.small("portraits", 1_200L << 20);
    packs.small("sketches", 300L << 20);
    try (DaemonProcess box = daemonWith(stub, packs, other.resolve("data"), "5GB")) {
      BoxClient owner = new BoxClient(box);
      String key = owner.claim();
      for (String pack : List.of("landscapes", "portraits")) {
        JsonObject wish =
            new JsonObject().put(pack.equals("landscapes") ? "pinned" : "loaded", true);
        assertThat(owner.ask(key, "PUT", "tpu/packs/" + pack, wish).status()).isEqualTo(200);
      }
      browser.resize(1280, 1200);
      browser.openFresh(box.address().toString());
      browser.signedIn(BoxClient.PASSPHRASE);
      browser.tab("engine");
      browser.see(".heap-bar");
      browser.click("#networks-landscapes > summary");
      browser.click("#networks-landscapes [data-role=unet] summary");
      browser.screenshotForGuide("engine");
      assertThat(browser.all("[data-loaded=true]")).hasSize(2);
    }
    browser.open(page());
    browser.errors();
  }

  private static String page() {
    return daemon.address().toString();
  }

  private static void openAs(String role) {
    browser.signedIn(client.addKey(ownersKey, "A " + role, role));
    browser.tab("engine");
    browser.see(".heap-bar");
    browser.see(".pack");
  }

  /** Says {@code loaded} or {@code pinned} of a pack, from elsewhere. */
  private static void steer(String pack, String what, boolean wanted) {
    BoxClient.Reply reply =
        client.ask(ownersKey, "PUT", "tpu/packs/" + pack, new JsonObject().put(what, wanted));
    assertThat(reply.status()).as(reply.body().encode()).isEqualTo(200);
  }

  /** What a screen reader says of a heap's bar. */
  private static @Nullable String label(String heap) {
    return browser.see("[data-heap=" + heap + "] [role=img]").getDomAttribute("aria-label");
  }

  private static @Nullable String title(String selector) {
    return browser.see(selector).getDomAttribute("title");
  }

  private static String reading(String name) {
    return browser.see("[data-reading=" + name + "]").getText();
  }

  private static long looks() {
    return ((Number) Objects.requireNonNull(browser.evaluate(LOOKS))).longValue();
  }

  /** Soon nothing is looked at for longer than the page rests between two looks. */
  private static void looksNoMore(String what) {
    AtomicLong last = new AtomicLong(-1);
    await(what)
        .during(Duration.ofSeconds(3))
        .until(
            () -> {
              long now = looks();
              return last.getAndSet(now) == now;
            });
  }

  /** Lets the page believe that its window is covered, or is not. */
  private static void pretend(String visibility) {
    browser.inject(
        "Object.defineProperty(document, 'visibilityState', { value: '"
            + visibility
            + "', configurable: true }); document.dispatchEvent(new Event('visibilitychange'))");
  }
}
