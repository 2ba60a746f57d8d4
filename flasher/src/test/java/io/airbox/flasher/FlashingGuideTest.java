package io.airbox.flasher;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.flasher.card.CardVerdict;
import io.airbox.flasher.card.Culprit;
import io.airbox.flasher.watch.Notice;
import io.airbox.flasher.watch.Symptom;
import io.airbox.flasher.watch.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/flashing.md} tells every finding, problem, remark and verdict as the code does. */
class FlashingGuideTest {
  private static final Path GUIDE = Path.of(System.getProperty("airbox.root"), "docs/flashing.md");
  private static final Pattern ROW =
      Pattern.compile("^\\| `([A-Z0-9_]+)` \\| (.+) \\|$", Pattern.MULTILINE);

  @Test
  void everyRowIsThereAndNoOther() throws IOException {
    String guide = Files.readString(GUIDE);
    assertThat(ROW.matcher(guide).results().map(row -> row.group(1) + " " + row.group(2)))
        .filteredOn(
            row ->
                Stream.of(Verdict.values(), CardVerdict.values())
                    .flatMap(Arrays::stream)
                    .noneMatch(each -> row.startsWith(each + " ")))
        .containsExactlyElementsOf(
            Stream.of(
                    Arrays.stream(Finding.Code.values())
                        .map(
                            each ->
                                each
                                    + " "
                                    + each.severity().name().toLowerCase(Locale.ROOT)
                                    + " | "
                                    + each.advice()),
                    Arrays.stream(Culprit.values())
                        .map(each -> each + " " + each.text() + " | " + each.advice()),
                    Arrays.stream(Symptom.values())
                        .map(each -> each + " " + each.cause() + " | " + each.advice()),
                    Arrays.stream(Notice.values()).map(each -> each + " " + each.meaning()))
                .flatMap(rows -> rows)
                .toList());
    for (CardVerdict verdict : CardVerdict.values()) {
      assertThat(guide).contains("| `" + verdict + "` |");
    }
    for (Verdict verdict : Verdict.values()) {
      assertThat(guide).contains("| `" + verdict + "` |");
    }
  }
}
