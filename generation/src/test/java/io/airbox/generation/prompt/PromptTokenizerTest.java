package io.airbox.generation.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbox.generation.GenerationException;
import io.airbox.generation.fixture.Workplace;
import io.airbox.generation.pack.ClipTokenizerFileTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromptTokenizerTest {
  @TempDir static Path folder;
  private static PromptTokenizer clip;
  private static PromptTokenizer wordPiece;

  @BeforeAll
  static void open() throws Exception {
    clip = PromptTokenizer.open(ClipTokenizerFileTest.write(folder), Workplace.NATIVES);
    wordPiece =
        PromptTokenizer.open(Workplace.MODELS.resolve("default/tokenizer.json"), Workplace.NATIVES);
  }

  @AfterAll
  static void close() {
    clip.close();
    wordPiece.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "a cat|320 2368",
        "a photo of an astronaut riding a horse on mars|320 1125 539 550 18376 6765 320 4558 525 7496",
        "Hello, World! 2024|3306 267 1002 256 273 271 273 275",
        "1girl, ponytail, white hair|272 1611 267 43265 267 1579 2225",
        "(masterpiece:1.2)|263 12066 281 272 269 273 264",
        "\"it's   raining\n\tcats\"|585 568 13964 3989",
        "café 🐱|15304 22979",
        "一只猫|19759 222 34517 103 163 234 360"
      })
  void givesClipsIds(String text, String ids) {
    assertThat(clip.tokens(text).stream().map(Token::id))
        .containsExactlyElementsOf(Arrays.stream(ids.split(" ")).map(Integer::valueOf).toList());
  }

  @Test
  void givesNothingForNothing() {
    assertThat(clip.tokens("")).isEmpty();
    assertThat(clip.tokens("  \n")).isEmpty();
  }

  @Test
  void saysWhereATokenWasRead() {
    List<Token> tokens = clip.tokens("🐱🐱 cat, dog");
    assertThat(tokens.get(tokens.size() - 1)).isEqualTo(new Token(1929, 10, 13));
    assertThat(tokens.get(tokens.size() - 2)).isEqualTo(new Token(267, 8, 9));
  }

  @Test
  void givesTheProbePacksWordPieces() {
    assertThat(wordPiece.tokens("A red apple"))
        .extracting(Token::id)
        .containsExactly(1037, 2417, 6207);
  }

  @Test
  void readsLongTextsWhole() {
    assertThat(wordPiece.tokens("apple ".repeat(100))).hasSize(100);
  }

  @Test
  void refusesAFileThatIsNoTokenizer() throws Exception {
    Path file = Files.writeString(folder.resolve("broken.json"), "{\"model\": 1}");
    assertThatThrownBy(() -> PromptTokenizer.open(file, Workplace.NATIVES))
        .isInstanceOf(GenerationException.class)
        .hasMessageContaining("broken.json is not a usable tokenizer.json");
  }
}
