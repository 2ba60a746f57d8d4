package io.airbox.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** {@code docs/configuration.md} tells every setting as it is. */
class ConfigurationGuideTest {
  /** A line of the table: key, default, unit, meaning, variable, flag. */
  private static final Pattern ROW =
      Pattern.compile(
          "^\\| `([a-z.]+)` \\| (?:`([^`]+)` )?\\|[^|]+\\|[^|]+\\| `(\\w+)` \\|[^|]+\\|$",
          Pattern.MULTILINE);

  @Test
  void everySettingIsDocumentedWithItsDefaultAndNoOther() throws IOException {
    Map<String, String> documented = new TreeMap<>();
    Matcher row = rows();
    while (row.find()) {
      String before =
          documented.put(row.group(1), Objects.requireNonNullElse(row.group(2), "").strip());
      assertThat(before).as("%s is documented twice", row.group(1)).isNull();
    }

    assertThat(documented).isEqualTo(packagedDefaults());
  }

  @Test
  void everySettingIsDocumentedWithItsVariable() throws IOException {
    Matcher row = rows();

    assertThat(row.results())
        .isNotEmpty()
        .allSatisfy(
            each -> assertThat(each.group(3)).isEqualTo(ConfigLoader.variable(each.group(1))));
  }

  private static Matcher rows() throws IOException {
    Path guide = Path.of(System.getProperty("airbox.root"), "docs", "configuration.md");
    return ROW.matcher(Files.readString(guide));
  }

  private static Map<String, String> packagedDefaults() throws IOException {
    Properties properties = new Properties();
    try (var in =
        Objects.requireNonNull(ConfigLoader.class.getResourceAsStream("airbox.properties"))) {
      properties.load(new InputStreamReader(in, StandardCharsets.UTF_8));
    }
    Map<String, String> defaults = new TreeMap<>();
    properties.stringPropertyNames().forEach(key -> defaults.put(key, properties.getProperty(key)));
    return defaults;
  }
}
