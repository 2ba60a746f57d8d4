package io.airbox.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventReaderTest {
  private final List<String> seen = new ArrayList<>();
  private final EventReader reader = new EventReader((event, data) -> seen.add(event + "=" + data));

  @Test
  void putsEventsTogetherHoweverTheTextIsCut() {
    String text = ":\n\nevent: job\ndata: {\"a\":1}\n\n:\n\nevent: preview\ndata: x\ndata: y\n\n";

    text.chars().forEach(c -> reader.accept(String.valueOf((char) c)));

    assertThat(seen).containsExactly("job={\"a\":1}", "preview=x\ny");
  }

  @Test
  void theProgressLineIsWrittenOverAndWiped() {
    StringWriter text = new StringWriter();
    ProgressLine line = new ProgressLine(new PrintWriter(text), true);
    line.show(0.5, "step 10/20");
    line.show(1, "done");
    line.clear();

    assertThat(text.toString())
        .startsWith(
            "\r[============            ]  50 %  step 10/20\r[========================] 100 %  done")
        .endsWith(" \r");
    StringWriter nothing = new StringWriter();
    new ProgressLine(new PrintWriter(nothing), false).show(1, "done");
    assertThat(nothing.toString()).isEmpty();
  }

  @Test
  void severalPicturesGetNumbers() {
    assertThat(GenerateCommand.numbered(Path.of("a/apple.png"), 0))
        .isEqualTo(Path.of("a/apple.png"));
    assertThat(GenerateCommand.numbered(Path.of("a/apple.png"), 2))
        .isEqualTo(Path.of("a/apple-2.png"));
    assertThat(GenerateCommand.numbered(Path.of("apple"), 3)).isEqualTo(Path.of("apple-3"));
  }
}
