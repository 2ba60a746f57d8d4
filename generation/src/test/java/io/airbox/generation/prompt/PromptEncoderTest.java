package io.airbox.generation.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.airbox.generation.engine.Holding;
import io.airbox.generation.engine.Network;
import io.airbox.generation.engine.Tensor;
import io.airbox.generation.engine.TensorInfo;
import io.airbox.generation.fixture.Workplace;
import io.airbox.generation.pack.ClipTokenizerFileTest;
import io.airbox.generation.pack.PackManifest.PackFile;
import io.airbox.generation.pack.PackManifest.Text;
import io.airbox.generation.prompt.PromptChunks.WeightedToken;
import io.airbox.generation.prompt.PromptEncoder.Subject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptEncoderTest {
  private static final int WIDTH = 2;
  @TempDir static Path folder;
  private static PromptTokenizer clip;
  private final Echo network = new Echo();

  @BeforeAll
  static void open() throws Exception {
    clip = PromptTokenizer.open(ClipTokenizerFileTest.write(folder), Workplace.NATIVES);
  }

  @AfterAll
  static void close() {
    clip.close();
  }

  /** A text encoder whose states are the token's id and 1. */
  private static final class Echo implements Network {
    private final List<long[]> runs = new ArrayList<>();

    @Override
    public List<TensorInfo> inputs() {
      return List.of();
    }

    @Override
    public List<TensorInfo> outputs() {
      return List.of();
    }

    @Override
    public void run(List<Tensor> inputs, float[] output) {
      long[] ids = ((Tensor.Ints) inputs.get(0)).values().clone();
      runs.add(ids);
      for (int i = 0; i < ids.length; i++) {
        output[WIDTH * i] = ids[i];
        output[WIDTH * i + 1] = 1;
      }
    }

    @Override
    public List<Holding> holdings() {
      return List.of();
    }

    @Override
    public void close() {}
  }

  private PromptEncoder encoder(int maxChunks, boolean weighting) {
    Text text =
        new Text(new PackFile("t", "", 1), 77, WIDTH, 49406, 49407, 49407, maxChunks, weighting);
    return new PromptEncoder(text, clip, network);
  }

  @Test
  void framesAndPadsAChunk() {
    TextStates states = encoder(1, true).encode(Subject.PROMPT, "a cat");
    assertThat(states.rows()).isEqualTo(77);
    assertThat(states.warnings()).isEmpty();
    long[] expected = new long[77];
    Arrays.fill(expected, 49407);
    expected[0] = 49406;
    expected[1] = 320;
    expected[2] = 2368;
    assertThat(network.runs.get(0)).isEqualTo(expected);
  }

  @Test
  void remembersPromptsAndForgetsTheOldest() {
    PromptEncoder encoder = encoder(1, true);
    encoder.encode(Subject.PROMPT, "a cat");
    encoder.encode(Subject.PROMPT, "a cat");
    assertThat(network.runs).hasSize(1);
    for (int i = 0; i < 20; i++) {
      encoder.encode(Subject.PROMPT, "cat number " + i);
    }
    encoder.encode(Subject.PROMPT, "a cat");
    assertThat(network.runs).hasSize(22);
  }

  @Test
  void startsANewChunkAtBreak() {
    TextStates states = encoder(3, true).encode(Subject.PROMPT, "a cat BREAK a dog");
    assertThat(states.rows()).isEqualTo(154);
    assertThat(network.runs.get(1)).startsWith(49406, 320, 1929, 49407);
  }

  @Test
  void movesTheWordsAfterTheLastCommaToTheNextChunk() {
    String words = "cat ".repeat(70) + ", dog dog dog dog dog dog";
    TextStates states = encoder(2, true).encode(Subject.PROMPT, words);
    assertThat(states.rows()).isEqualTo(154);
    assertThat(network.runs.get(0)[71]).isEqualTo(267);
    assertThat(network.runs.get(0)[72]).isEqualTo(49407);
    assertThat(network.runs.get(1)).startsWith(49406, 1929, 1929, 1929, 1929, 1929, 1929, 49407);
  }

  @Test
  void leavesACommaThatIsTooFarBack() {
    String words = "cat ".repeat(40) + ", " + "dog ".repeat(36);
    encoder(2, true).encode(Subject.PROMPT, words);
    assertThat(network.runs.get(0)[75]).isEqualTo(1929);
    assertThat(network.runs.get(1)).startsWith(49406, 1929, 1929, 49407);
  }

  @Test
  void saysAfterWhichWordsItCut() {
    String words = "cat ".repeat(73) + "red hat and much more";
    TextStates states = encoder(1, true).encode(Subject.NEGATIVE_PROMPT, words);
    assertThat(states.rows()).isEqualTo(77);
    assertThat(states.warnings()).hasSize(1);
    assertThat(states.warnings().get(0))
        .startsWith("The negative prompt is longer than the 75 tokens")
        .contains("cat red hat\", 3 tokens were left out");
  }

  @Test
  void restoresTheMeanAfterWeighing() {
    float[] states = {1, 1, 2, 2, 3, 3, 4, 4};
    PromptEncoder.weigh(List.of(new WeightedToken(5, 2, "x", 0, 1)), states, 2);
    float restore = 20f / 24f;
    assertThat(states)
        .containsExactly(
            new float[] {
              restore,
              restore,
              4 * restore,
              4 * restore,
              3 * restore,
              3 * restore,
              4 * restore,
              4 * restore
            },
            within(1e-5f));
  }

  @Test
  void leavesEmphasisOutWhereThePackHasNone() {
    TextStates plain = encoder(1, false).encode(Subject.PROMPT, "a cat");
    TextStates emphasised = encoder(1, false).encode(Subject.PROMPT, "a (cat:1.3)");
    assertThat(emphasised.values()).isEqualTo(plain.values());
    assertThat(emphasised.warnings()).singleElement().asString().contains("does not know emphasis");
  }

  @Test
  void extendsWithEmptyChunks() {
    PromptEncoder encoder = encoder(3, true);
    TextStates states = encoder.extend(encoder.encode(Subject.PROMPT, "a cat"), 154);
    assertThat(states.values()).hasSize(154 * WIDTH);
    assertThat(states.values()[77 * WIDTH]).isEqualTo(49406);
    assertThat(states.values()[78 * WIDTH]).isEqualTo(49407);
  }

  @Test
  void tellsWhatItDoesNotUnderstand() {
    TextStates states =
        encoder(1, true)
            .encode(Subject.PROMPT, "a <lora:style:0.8> [cat|dog] AND [bird:fish:0.5] \\[x|y\\]");
    assertThat(states.warnings())
        .hasSize(4)
        .anySatisfy(w -> assertThat(w).startsWith("The prompt: <lora:style:0.8> was taken out"))
        .anySatisfy(w -> assertThat(w).contains("[cat|dog] was read as ordinary words"))
        .anySatisfy(w -> assertThat(w).contains("[bird:fish:0.5] was read as ordinary words"))
        .anySatisfy(w -> assertThat(w).contains("AND was read as an ordinary word"));
  }
}
