package io.airbox.hwtests.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.hwtests.Checkout;
import io.airbox.hwtests.DaemonProcess;
import java.nio.file.Path;
import java.util.List;
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

/** The page as people use it: real daemon, real worker, real pack, real browser. */
class PageIT {
  private static final List<String> TABS = List.of("generate", "gallery", "system");

  /** Draws a picture on a canvas and tells its pixels. */
  private static final String PIXELS =
      """
      const [url, done] = arguments;
      const image = new Image();
      image.onload = () => {
        const canvas = document.createElement("canvas");
        canvas.width = image.naturalWidth;
        canvas.height = image.naturalHeight;
        const context = canvas.getContext("2d");
        context.drawImage(image, 0, 0);
        const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
        done(canvas.width + "x" + canvas.height + ":" + Array.from(data).join());
      };
      image.onerror = () => done("unreadable: " + url);
      image.src = url;
      """;

  @TempDir private static Path data;
  private static DaemonProcess daemon;
  private static Browser browser;

  @BeforeAll
  static void start() {
    daemon = DaemonProcess.start(data);
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
  void arrive() {
    browser.arrive(page());
    browser.see("#make");
  }

  @AfterEach
  void nothingWentWrongUnseen() {
    // a refused request is logged by the browser itself; the page shows it, and tests look at that
    assertThat(browser.errors()).allMatch(message -> message.contains("status of 400"));
    assertThat(
            (String)
                browser.evaluate(
                    "performance.getEntriesByType('resource').map((entry) => entry.name)"
                        + ".filter((name) => !name.startsWith(location.origin + '/') && !name.startsWith('data:')).join()"))
        .as("requests to elsewhere")
        .isEmpty();
  }

  @Test
  void promptBecomesPicture() {
    browser.type("#field-prompt", "a red apple");
    browser.press(Keys.chord(Keys.CONTROL, Keys.ENTER));

    browser.waitFor("document.querySelector('.stage progress')?.value > 0");
    browser.screenshot("progress");
    browser.see("#stage-picture[alt='a red apple']");
    browser.waitFor("document.querySelector('#stage-picture').naturalWidth > 0");

    String id =
        (String)
            browser.evaluate("document.querySelector('.stage [data-picture]').dataset.picture");
    browser.open(page() + "#/gallery");
    browser.see(".card[data-picture='" + id + "']");
  }

  @Test
  void makingAgainGivesTheSamePixelsAndAVariationOthers() {
    String first = make("a yellow taxi");
    browser.click("[data-action=again]");
    String again = nextPicture(first);
    browser.click("[data-action=variation]");
    String variation = nextPicture(again);

    assertThat(pixels(again)).isEqualTo(pixels(first)).hasSizeGreaterThan(1000);
    assertThat(pixels(variation)).isNotEqualTo(pixels(first)).hasSizeGreaterThan(1000);
  }

  @Test
  void aLockedSeedGivesTheSamePictureFromTheForm() {
    String first = make("a green pear");
    browser.click("#seed-lock");
    browser.click("#make");

    assertThat(pixels(nextPicture(first))).isEqualTo(pixels(first));
  }

  @Test
  void escapeCancelsARunningJob() {
    browser.type("#field-prompt", "a long job");
    browser.click("#field-count .choice:last-child");
    browser.press(Keys.chord(Keys.CONTROL, Keys.ENTER));
    browser.see("#stage-preview");

    browser.press(Keys.ESCAPE);

    browser.see(".frame-ended");
    assertThat(browser.see(".frame-ended").getText()).isEqualTo("Cancelled");
    browser.click("#field-count .choice:first-child");
    make("a short job");
  }

  @Test
  void jobsWaitInLineAndTheButtonCancelsOne() {
    for (String prompt : List.of("first in line", "second in line", "third in line")) {
      browser.type("#field-prompt", prompt);
      browser.press(Keys.chord(Keys.CONTROL, Keys.ENTER));
      browser.waitFor("document.body.innerText.includes('" + prompt + "')");
    }

    browser.click(".job-list li:last-child .icon-button");

    browser.waitFor("!document.querySelector('.job-list')?.innerText.includes('third in line')");
    browser.see("#stage-picture[alt='second in line']");
  }

  @Test
  void severalPicturesOfOneJobAreShownTogether() {
    browser.type("#field-prompt", "a blue bird");
    browser.click("#field-count .choice:nth-child(2)");
    browser.click("#make");

    browser.see(".contact-sheet li:nth-child(2)");
    browser.click(".contact-sheet li:first-child button");
    browser.see("#stage-picture[alt='a blue bird']");
  }

  @Test
  void anImpossibleValueMarksItsField() {
    browser.type("#field-prompt", "a red apple");
    browser.click(".advanced summary");
    browser.type("#field-steps", "-3");
    browser.click(".advanced summary");
    browser.click("#make");

    assertThat(browser.see("#field-steps[aria-invalid=true]").getDomAttribute("aria-describedby"))
        .isEqualTo("field-steps-problem");
    assertThat(browser.see("#field-steps-problem").getText()).contains("-3");
    assertThat(browser.evaluate("document.activeElement.id")).isEqualTo("field-steps");

    browser.type("#field-steps", "8");
    browser.seeNo("#field-steps-problem");
  }

  @Test
  void tooManyStepsAreClampedAndThePageSaysSo() {
    browser.type("#field-prompt", "a red apple");
    browser.click("#field-preset .choice:nth-child(2)");
    browser.click(".advanced summary");
    browser.type("#field-steps", "500");
    browser.click("#make");

    browser.see("#stage-picture");
    assertThat(browser.see(".stage .warnings").getText()).contains("500");
  }

  @Test
  void anEmptyPromptIsAskedFor() {
    browser.click("#make");

    assertThat(browser.see("#field-prompt-problem").getText())
        .isEqualTo("Write what the picture shall show.");
  }

  @Test
  void aDeletedPictureCanBeBroughtBack() {
    String id = idOf(make("a pink fish"));
    browser.click(".picture-actions [aria-label=Delete]");
    browser.seeNo("[data-picture='" + id + "']");
    browser.click(".toast .link-button");
    browser.see("[data-picture='" + id + "']");

    browser.click(".picture-actions [aria-label=Delete]");
    browser.seeNo("[data-picture='" + id + "']");
    browser.seeNo(".toast");
    browser.reload();
    browser.see("#make");
    browser.seeNo("[data-picture='" + id + "']");
  }

  @Test
  void detailsShowTheSettingsAndTheKeyboardWalks() {
    make("a sleeping cat");
    make("a purple sofa");
    browser.press(Keys.TAB);
    browser.click(".brand");
    browser.press("2");
    browser.see(".card-picture");
    browser.inject("document.querySelector('.card-picture').focus()");
    browser.press(Keys.ARROW_RIGHT);
    browser.press(Keys.ENTER);

    assertThat(browser.see(".viewer h2").getText()).isEqualTo("a sleeping cat");
    assertThat(browser.see(".viewer .fact-list").getText()).contains("Seed", "Steps", "Sampler");
    browser.screenshot("details");
    browser.press(Keys.ARROW_LEFT);
    browser.waitFor("document.querySelector('.viewer h2').innerText === 'a purple sofa'");
    browser.press(Keys.ESCAPE);
    browser.seeNo(".viewer");
    assertThat((Boolean) browser.evaluate("document.activeElement.matches('.card-picture')"))
        .isTrue();
  }

  @Test
  void theQuestionMarkShowsTheKeys() {
    browser.click(".brand");
    browser.press("?");

    assertThat(browser.see(".shortcut-sheet").getText()).contains("Cancel the running job");
    browser.press(Keys.ESCAPE);
    browser.seeNo(".shortcut-sheet");
  }

  @Test
  void languageIsChosenAndRemembered() {
    browser.inject("document.querySelector('#language option[value=zh]').selected = true");
    browser.inject("document.querySelector('#language').dispatchEvent(new Event('change'))");

    browser.waitFor("document.querySelector('#make').innerText.includes('生成图片')");
    browser.reload();
    assertThat(browser.see("#make").getText()).contains("生成图片");
    assertThat(browser.evaluate("document.documentElement.lang")).isEqualTo("zh-CN");
  }

  @Test
  void coloursFollowTheSystemUntilChosen() {
    String light = background();
    browser.preferColours("dark");
    assertThat(background()).isNotEqualTo(light);
    String dark = background();

    browser.click("#theme");
    assertThat(background()).isEqualTo(light);
    browser.reload();
    assertThat(background()).isEqualTo(light);
    browser.click("#theme");
    browser.preferColours("light");
    assertThat(background()).isEqualTo(dark);
  }

  @Test
  void firstLoadIsSmall() {
    Object bytes =
        browser.evaluate(
            "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
                + ".filter(({ name }) => !name.includes('/api/'))"
                + ".reduce((sum, { transferSize }) => sum + transferSize, 0)");

    assertThat(((Number) Objects.requireNonNull(bytes)).longValue())
        .as("bytes on the wire, headers included")
        .isBetween(10_000L, 100_000L);
  }

  @Test
  void theBannerComesAndGoesWithTheDaemon(@TempDir Path other) {
    DaemonProcess first = DaemonProcess.start(other);
    int port = first.address().getPort();
    browser.openFresh(first.address().toString());
    browser.see(".choice");

    first.close();
    browser.see(".banner");
    try (DaemonProcess second = DaemonProcess.start(other, port)) {
      assertThat(second.address()).isEqualTo(first.address());
      browser.seeNo(".banner");
      make("after the restart");
      browser.errors();
    }
    browser.open(page());
    browser.errors();
  }

  @ParameterizedTest
  @CsvSource({"en,light", "en,dark", "zh,light", "zh,dark"})
  void everyTabIsAccessibleAndFitsAPhone(String language, String colours) {
    make("a red apple");
    browser.preferColours(colours);
    browser.speak(language);
    for (String tab : TABS) {
      browser.open(page() + "#/" + tab);
      browser.see(".main-" + tab);
      browser.isFine(tab + "-" + language + "-" + colours);
    }
  }

  @Test
  void screenshotsLookLikeTheProduct() {
    for (String prompt :
        List.of(
            "a red apple",
            "a sleeping cat",
            "a yellow taxi",
            "a green tree",
            "a rocket",
            "a slice of pizza")) {
      make(prompt);
    }
    browser.inject("document.activeElement.blur()");
    String folder = System.getProperty("airbox.screenshots.dir");
    if (folder != null) {
      // as it looks every day, with an owner
      new BoxClient(daemon).claim();
      browser.seeNo(".claim-banner");
      browser.screenshot(Checkout.path(folder), "page");
    }
    browser.screenshot("wide");
    browser.preferColours("dark");
    browser.screenshot("wide-dark");
    browser.speak("zh");
    browser.see("#stage-picture");
    browser.screenshot("wide-dark-zh");
    browser.preferColours("light");
    browser.screenshot("wide-zh");
    for (String tab : List.of("gallery", "system")) {
      browser.open(page() + "#/" + tab);
      browser.see(".main-" + tab);
      browser.screenshot(tab + "-zh");
    }
    assertThat(browser.all(".main")).hasSize(1);
  }

  private static String page() {
    return daemon.address().toString();
  }

  /** Makes a picture from the form and waits for it; tells its address. */
  private static String make(String prompt) {
    String before = shown();
    browser.type("#field-prompt", prompt);
    browser.press(Keys.chord(Keys.CONTROL, Keys.ENTER));
    return nextPicture(before);
  }

  private static String nextPicture(String before) {
    browser.waitFor(
        "document.querySelector('#stage-picture')?.naturalWidth > 0"
            + " && document.querySelector('#stage-picture').src !== '"
            + before
            + "'");
    return shown();
  }

  private static String shown() {
    return (String) browser.evaluate("document.querySelector('#stage-picture')?.src ?? ''");
  }

  private static String idOf(String url) {
    return url.substring(url.lastIndexOf('/') + 1, url.length() - ".png".length());
  }

  private static String pixels(String url) {
    return (String) browser.run(PIXELS, url);
  }

  private static String background() {
    return (String) browser.evaluate("getComputedStyle(document.body).backgroundColor");
  }
}
