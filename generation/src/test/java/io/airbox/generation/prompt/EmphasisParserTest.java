package io.airbox.generation.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.airbox.generation.prompt.PromptPart.Break;
import io.airbox.generation.prompt.PromptPart.Words;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmphasisParserTest {
  private static String show(String prompt) {
    StringBuilder text = new StringBuilder();
    for (PromptPart part : EmphasisParser.parse(prompt)) {
      if (part instanceof Words words) {
        text.append('<').append(words.text()).append(' ').append(Math.round(words.weight() * 1000));
        text.append('>');
      } else {
        text.append("<BREAK>");
      }
    }
    return text.toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "plain words|<plain words 1000>",
        "a (cat)|<a  1000><cat 1100>",
        "a [cat]|<a  1000><cat 909>",
        "((cat))|<cat 1210>",
        "[[cat]]|<cat 826>",
        "(cat:1.3)|<cat 1300>",
        "(cat:.5)|<cat 500>",
        "(cat:-1)|<cat -1000>",
        "((cat:2):1.5)|<cat 3000>",
        "(a (b:2) c)|<a  1100><b 2200>< c 1100>",
        "(a [b])|<a  1100><b 1000>",
        "(unclosed|<unclosed 1100>",
        "[un (closed|<un  909><closed 1000>",
        "closed) too|<closed) too 1000>",
        "x:1.3)|<x:1.3) 1000>",
        "(a:b)|<a:b 1100>",
        "(a:1.2.3)|<a:1.2.3 1100>",
        "\\(x\\) \\[y\\] \\\\|<(x) [y] \\ 1000>",
        "a\\b|<a\\b 1000>",
        "one BREAK two|<one 1000><BREAK><two 1000>",
        "(one BREAK two)|<one 1100><BREAK><two 1100>",
        "BREAKFAST|<BREAKFAST 1000>",
        "(a)(b)|<ab 1100>"
      })
  void weighs(String prompt, String expected) {
    assertThat(show(prompt)).isEqualTo(expected);
  }

  @Test
  void givesOneEmptyPartForAnEmptyPrompt() {
    assertThat(EmphasisParser.parse("")).containsExactly(new Words("", 1));
    assertThat(EmphasisParser.parse("()")).containsExactly(new Words("", 1));
  }

  @Test
  void boundsWhatThousandsOfBracketsMultiplyTo() {
    Words words = (Words) EmphasisParser.parse("(".repeat(4000) + "x").get(0);
    assertThat(words.weight()).isCloseTo(EmphasisParser.LARGEST_WEIGHT, within(1e-9));
  }

  @Property
  void understandsEveryText(
      @ForAll
          @Chars({'(', ')', '[', ']', '\\', ':', '1', '.', 'a', ' ', '\n', 'B'})
          @StringLength(max = 60)
          String prompt) {
    List<PromptPart> parts = EmphasisParser.parse(prompt);
    assertThat(parts).isNotEmpty();
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i) instanceof Words words) {
        assertThat(Math.abs(words.weight())).isLessThanOrEqualTo(EmphasisParser.LARGEST_WEIGHT);
        if (i > 0 && parts.get(i - 1) instanceof Words before) {
          assertThat(words.weight()).isNotEqualTo(before.weight());
        }
      } else {
        assertThat(parts.get(i)).isEqualTo(new Break());
      }
    }
  }

  @Property
  void keepsTextWithoutItsSigns(
      @ForAll @Chars({'a', 'b', ',', ' ', ':', '0', '猫'}) @StringLength(min = 1) String text) {
    assertThat(EmphasisParser.parse(text)).containsExactly(new Words(text, 1));
  }

  @Property
  void readsBackWhatWasEscaped(
      @ForAll @Chars({'(', ')', '[', ']', '\\', 'x'}) @StringLength(min = 1) String text) {
    String escaped = text.replaceAll("([()\\[\\]\\\\])", "\\\\$1");
    assertThat(EmphasisParser.parse(escaped)).containsExactly(new Words(text, 1));
  }
}
