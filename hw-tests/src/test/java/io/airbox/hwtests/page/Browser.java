package io.airbox.hwtests.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.hwtests.Checkout;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebDriver;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.FluentWait;
import org.openqa.selenium.support.ui.WebDriverWait;

/** Debian's Chromium without a window, with the few moves that the page's tests are made of. */
final class Browser implements AutoCloseable {
  private static final int WIDE = 1280;
  private static final int PHONE = 360;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ChromeDriver driver;

  Browser() {
    ChromeOptions options = new ChromeOptions();
    options.setBinary("/usr/bin/chromium");
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--hide-scrollbars",
        "--lang=en-US");
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    options.setCapability("goog:loggingPrefs", logs);
    // as somebody who has compared the fingerprint and let the browser go on
    options.setAcceptInsecureCerts(true);
    driver =
        new ChromeDriver(
            new ChromeDriverService.Builder()
                .usingDriverExecutable(new File("/usr/bin/chromedriver"))
                .build(),
            options);
    driver.manage().timeouts().scriptTimeout(PATIENCE);
  }

  /** Opens an address as one who was never there. */
  void openFresh(String address) {
    driver.get(address);
    driver.executeScript("localStorage.clear()");
    driver.executeCdpCommand("Network.clearBrowserCache", Map.of());
    driver.get("about:blank");
    open(address);
  }

  /** Opens a box's page as a guest who was never there, in English, light, on a desk's screen. */
  void arrive(String address) {
    resize(WIDE, 860);
    preferColours("light");
    forgetCookies();
    openFresh(address);
    see(".choice");
    errors();
  }

  /** Fills in the form for signing in and sends it; see {@link #signedIn} for what comes of it. */
  void signIn(String secret) {
    click("#account");
    click("#sign-in-open");
    type("#sign-in-secret", secret);
    press(Keys.ENTER);
  }

  /** Signs in with a key or the passphrase, and waits until the page knows who it is. */
  void signedIn(String secret) {
    signIn(secret);
    see(".account-known");
  }

  /** Goes to one of the page's tabs. */
  void tab(String name) {
    click(".tabs a[href='#/" + name + "']");
  }

  /**
   * Opens an address in another window. One of another host name shares neither cookies nor storage
   * with this one, as in another browser.
   */
  void openElsewhere(String address) {
    driver.switchTo().newWindow(WindowType.WINDOW);
    open(address);
  }

  /** The window in which moves are made, for {@link #switchTo}. */
  String window() {
    return driver.getWindowHandle();
  }

  void switchTo(String window) {
    driver.switchTo().window(window);
  }

  /** Closes this window and goes to another. */
  void leaveFor(String window) {
    driver.close();
    switchTo(window);
  }

  /** Forgets who this browser was to any box. */
  void forgetCookies() {
    driver.executeCdpCommand("Network.clearBrowserCookies", Map.of());
  }

  void open(String address) {
    driver.get(address);
    see("#main");
  }

  void reload() {
    driver.navigate().refresh();
    see("#main");
  }

  void resize(int width, int height) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
  }

  /** Makes the system say that it is dark or light, and that motion is not wanted. */
  void preferColours(String scheme) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(
                Map.of("name", "prefers-color-scheme", "value", scheme),
                Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
  }

  /** Waits until there is a visible element. */
  WebElement see(String selector) {
    return patiently()
        .withMessage("waiting to see " + selector)
        .ignoring(StaleElementReferenceException.class)
        .until(
            ignored ->
                all(selector).stream().filter(WebElement::isDisplayed).findFirst().orElse(null));
  }

  /** Waits until there is none. */
  void seeNo(String selector) {
    patiently()
        .withMessage("waiting for the end of " + selector)
        .until(ignored -> all(selector).isEmpty());
  }

  /** Waits until this expression is true in the page. */
  void waitFor(String expression) {
    patiently()
        .withMessage("waiting for " + expression)
        .until(ignored -> Boolean.TRUE.equals(evaluate(expression)));
  }

  private FluentWait<WebDriver> patiently() {
    return new WebDriverWait(driver, PATIENCE).pollingEvery(Duration.ofMillis(50));
  }

  List<WebElement> all(String selector) {
    return driver.findElements(By.cssSelector(selector));
  }

  void click(String selector) {
    see(selector).click();
  }

  /** Replaces what is in a field. */
  void type(String selector, String text) {
    see(selector).sendKeys(Keys.chord(Keys.CONTROL, "a"), text);
  }

  /** Puts a longer text into a field at once, as pasting does. */
  void put(String selector, String text) {
    driver.executeScript(
        "arguments[0].value = arguments[1];"
            + " arguments[0].dispatchEvent(new Event('input', { bubbles: true }))",
        see(selector),
        text);
  }

  /** Presses keys where the focus is. */
  void press(CharSequence... keys) {
    driver.switchTo().activeElement().sendKeys(keys);
  }

  Object evaluate(String expression) {
    return driver.executeScript("return " + expression);
  }

  /** Runs a script that calls its last argument when it is done. */
  Object run(String script, Object... arguments) {
    return driver.executeAsyncScript(script, arguments);
  }

  void inject(String script) {
    driver.executeScript(script);
  }

  /** The console's errors since the last call. */
  List<String> errors() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
        .map(LogEntry::getMessage)
        .toList();
  }

  /** Writes a screenshot to {@code target/screenshots}. */
  void screenshot(String name) {
    screenshot(Checkout.path("hw-tests/target/screenshots"), name);
  }

  /**
   * Writes a screenshot without focus, scrolled to the top, and, where the system property {@code
   * airbox.screenshots.dir} names the guides' folder, there too.
   */
  void screenshotForGuide(String name) {
    inject("document.activeElement.blur(); scrollTo(0, 0)");
    seeNo(".toast");
    String folder = System.getProperty("airbox.screenshots.dir");
    if (folder != null) {
      screenshot(Checkout.path(folder), name);
    }
    screenshot(name);
  }

  /**
   * Demands that what is open fits a desk's screen and a phone and breaks no serious rule of axe.
   */
  void isFine(String name) {
    for (int width : new int[] {WIDE, PHONE}) {
      resize(width, width == PHONE ? 740 : 860);
      assertThat((Long) evaluate("document.documentElement.scrollWidth"))
          .as(name + " at " + width + " px")
          .isLessThanOrEqualTo(width);
      assertThat(seriousViolations()).as(name + " at " + width + " px").isEmpty();
      screenshot(name + "-" + width);
    }
    resize(WIDE, 860);
  }

  void screenshot(Path folder, String name) {
    try {
      Files.createDirectories(folder);
      Files.write(folder.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes the page speak this language from now on. */
  void speak(String language) {
    inject("localStorage.setItem('airbox.preferences', '{\"language\":\"" + language + "\"}')");
    reload();
  }

  /** Rules of axe that are broken, with where; serious and critical ones. */
  String seriousViolations() {
    try (InputStream axe = Browser.class.getResourceAsStream("/axe.min.js")) {
      inject(new String(Objects.requireNonNull(axe).readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return (String)
        run(
            """
            const done = arguments[0];
            axe.run().then(
              ({ passes, violations }) => done(passes.length < 10 ? "axe saw no page" : violations
                .filter(({ impact }) => impact === "serious" || impact === "critical")
                .map(({ id, nodes }) => id + ": " + nodes.map(({ target, failureSummary }) => target + " " + failureSummary).join("; "))
                .join("\\n")),
              (problem) => done(String(problem)));
            """);
  }

  @Override
  public void close() {
    driver.quit();
  }
}
