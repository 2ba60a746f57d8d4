package io.airbox.hwtests.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.hwtests.Checkout;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page's modules without a browser: their own tests in Node, and the vendored files. */
class PageModulesTest {
  private static final String WEB = "appliance-daemon/src/main/resources/web/";

  @Test
  void moduleTestsPassInNode() throws Exception {
    List<String> command = new ArrayList<>(List.of("node", "--test"));
    try (Stream<Path> files = Files.list(Checkout.path("appliance-daemon/src/test/web"))) {
      files
          .map(Path::toString)
          .filter(name -> name.endsWith(".test.mjs"))
          .sorted()
          .forEach(command::add);
    }
    assertThat(command).as("test files").hasSizeGreaterThan(2);

    Process node;
    try {
      node = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new AssertionError("node is needed for the page's tests (apt install nodejs)", e);
    }
    String report = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(node.waitFor()).as(report).isZero();
  }

  @Test
  void preactHooksAreTheWebJarsWithOneImportChanged() throws Exception {
    String original = webJar("preact/10.28.0/hooks/dist/hooks.module.js");

    String expected =
        original
            .replace("from\"preact\"", "from\"./preact.js\"")
            .replaceAll("//# sourceMappingURL.*\\R?", "");

    assertThat(page("vendor/preact-hooks.module.js")).isEqualToIgnoringNewLines(expected);
  }

  @Test
  void preactComesInTheVersionThatThePageNames() throws Exception {
    String path = page("vendor/preact.js").replaceAll("(?s).*\"/webjars/(.*?)\".*", "$1");

    assertThat(webJar(path)).contains("export{");
    assertThat(page("index.html")).contains("/webjars/" + path);
  }

  private static String page(String path) throws IOException {
    return Files.readString(Checkout.path(WEB + path));
  }

  private static String webJar(String path) throws IOException {
    try (InputStream in =
        PageModulesTest.class.getResourceAsStream("/META-INF/resources/webjars/" + path)) {
      assertThat(in).as("webjars/" + path).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
