package io.airbox.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.daemon.access.AccessTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/access.md} tells every route and verb as the access table has it. */
class AccessGuideTest {
  private static final Pattern ROUTE =
      Pattern.compile(
          "^\\| `([A-Z]+ /\\S*)` \\| (\\w+) \\| (\\w+) \\| [^|]+ \\|$", Pattern.MULTILINE);
  private static final Pattern VERB =
      Pattern.compile("^\\| `airbox ([^`]+)` \\| (`[A-Z]+ /\\S*`|local) \\|$", Pattern.MULTILINE);

  @Test
  void everyRouteIsThereWithWhomItIsForAndNoOther() throws IOException {
    Stream<String> told =
        ROUTE
            .matcher(guide())
            .results()
            .map(row -> row.group(1) + " " + row.group(2) + " " + row.group(3));

    assertThat(told)
        .containsExactlyElementsOf(
            AccessTable.AIRBOX.rules().stream()
                .map(rule -> rule + " " + rule.audience().id() + " " + rule.demand().id())
                .toList());
  }

  @Test
  void everyVerbIsThereWithWhatItAsks() throws IOException {
    List<String> told =
        VERB.matcher(guide())
            .results()
            .map(row -> row.group(1) + " " + row.group(2).replace("`", ""))
            .toList();

    assertThat(told)
        .containsExactlyElementsOf(
            AccessTable.AIRBOX.verbs().stream()
                .map(verb -> verb.words() + " " + verb.rule().map(Object::toString).orElse("local"))
                .toList());
  }

  private static String guide() throws IOException {
    return Files.readString(Path.of(System.getProperty("airbox.root"), "docs", "access.md"));
  }
}
