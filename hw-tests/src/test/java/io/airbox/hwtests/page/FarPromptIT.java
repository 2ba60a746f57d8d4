package io.airbox.hwtests.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbox.hwtests.Checkout;
import io.airbox.hwtests.DaemonProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page with a pack that lists what it knows. */
class FarPromptIT {
  private static final String VOCABULARY =
      """
      {"subjects": ["apple", "rocket", "dog", "house", "tree"],
       "words": ["apple", "dog", "fruit", "house", "rocket", "tree"], "colours": ["red"], "styles": ["3d"]}
      """;

  @Test
  void aPromptFarFromWhatTheModelKnowsIsToldKindly(@TempDir Path data, @TempDir Path models)
      throws IOException {
    packThatKnows(models.resolve("knowing"));
    try (DaemonProcess daemon =
            DaemonProcess.start(
                data, Map.of("models.dirs", models.toString(), "http.port", "0"), List.of());
        Browser browser = new Browser()) {
      browser.openFresh(daemon.address().toString());
      browser.see(".choice");

      browser.type("#field-prompt", "a red rokcet ");
      assertThat(browser.see("#field-prompt-hint").getText()).contains("may not know “rokcet”");
      assertThat(browser.see(".suggestions .chip").getText()).isEqualTo("a rocket");
      browser.click(".suggestions .chip");

      browser.waitFor("!document.querySelector('#field-prompt-hint')");
      assertThat(browser.evaluate("document.querySelector('#field-prompt').value"))
          .isEqualTo("a rocket");
    }
  }

  private static void packThatKnows(Path pack) throws IOException {
    Files.createDirectories(pack);
    try (Stream<Path> files = Files.list(Checkout.path("models/default"))) {
      for (Path file : files.toList()) {
        Files.copy(file, pack.resolve(file.getFileName()));
      }
    }
    Path vocabulary = Files.writeString(pack.resolve("vocabulary.json"), VOCABULARY);
    Path manifest = pack.resolve("pack.json");
    ObjectMapper json = new ObjectMapper();
    ObjectNode described = (ObjectNode) json.readTree(manifest.toFile());
    described
        .putObject("vocabulary")
        .put("file", "vocabulary.json")
        .put("sha256", sha256(vocabulary))
        .put("bytes", Files.size(vocabulary));
    json.writeValue(manifest.toFile(), described);
  }

  private static String sha256(Path file) throws IOException {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException everyPlatformHasIt) {
      throw new IllegalStateException(everyPlatformHasIt);
    }
  }
}
