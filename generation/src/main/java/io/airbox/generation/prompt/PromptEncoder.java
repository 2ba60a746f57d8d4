package io.airbox.generation.prompt;

import io.airbox.generation.Message;
import io.airbox.generation.engine.Network;
import io.airbox.generation.engine.Tensor;
import io.airbox.generation.pack.PackManifest.Text;
import io.airbox.generation.prompt.PromptChunks.WeightedToken;
import io.airbox.generation.prompt.PromptPart.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns prompts into text states with a pack's tokenizer and text encoder, and remembers the last
 * few. Used by one thread at a time.
 */
public final class PromptEncoder {
  private static final int REMEMBERED = 16;
  private static final int QUOTED = 40;

  private final Text text;
  private final PromptTokenizer tokenizer;
  private final Network network;
  private final Map<Key, TextStates> recent = new LinkedHashMap<>(16, 0.75f, true);
  private long networkNanos;

  private record Key(Subject subject, String prompt) {}

  /** Which prompt; begins its warnings. */
  public enum Subject {
    PROMPT("The prompt"),
    NEGATIVE_PROMPT("The negative prompt");

    private final String label;

    Subject(String label) {
      this.label = label;
    }
  }

  /**
   * @param text the pack's text plan
   * @param tokenizer the pack's tokenizer, not closed here
   * @param network the text encoder, ids {@code [1,length]} → states {@code [1,length,width]}, not
   *     closed here
   */
  public PromptEncoder(Text text, PromptTokenizer tokenizer, Network network) {
    this.text = text;
    this.tokenizer = tokenizer;
    this.network = network;
  }

  /**
   * The states of a prompt: one chunk's after the other's.
   *
   * @return {@code n·length} rows, n = 1…{@code max_chunks}
   */
  public TextStates encode(Subject subject, String prompt) {
    Key key = new Key(subject, prompt);
    TextStates known = recent.get(key);
    if (known != null) {
      return known;
    }
    TextStates made = make(subject, prompt);
    recent.put(key, made);
    if (recent.size() > REMEMBERED) {
      recent.remove(recent.keySet().iterator().next());
    }
    return made;
  }

  /**
   * States made longer with those of empty chunks.
   *
   * @param rows a multiple of the chunk length, at least {@code states.rows()}
   */
  public TextStates extend(TextStates states, int rows) {
    if (states.rows() == rows) {
      return states;
    }
    float[] empty = encode(Subject.NEGATIVE_PROMPT, "").values();
    float[] values = Arrays.copyOf(states.values(), rows * text.width());
    for (int at = states.values().length; at < values.length; at += empty.length) {
      System.arraycopy(empty, 0, values, at, empty.length);
    }
    return new TextStates(values, rows, states.warnings());
  }

  /** Nanoseconds spent inside the text encoder since the last call. */
  public long takeNetworkNanos() {
    long nanos = networkNanos;
    networkNanos = 0;
    return nanos;
  }

  private TextStates make(Subject subject, String prompt) {
    List<String> warnings = new ArrayList<>();
    ForeignSyntax stripped = ForeignSyntax.strip(prompt);
    stripped.notes().forEach(note -> warnings.add(subject.label + ": " + note + "."));
    List<List<WeightedToken>> chunks = chunks(EmphasisParser.parse(stripped.prompt()));
    if (!text.weighting() && hasEmphasis(chunks)) {
      warnings.add(
          subject.label + ": this model does not know emphasis, its brackets were left out.");
    }
    if (chunks.size() > text.maxChunks()) {
      warnings.add(subject.label + cut(chunks));
      chunks = chunks.subList(0, text.maxChunks());
    }
    int perChunk = text.length() * text.width();
    float[] states = new float[chunks.size() * perChunk];
    float[] chunkStates = new float[perChunk];
    for (int i = 0; i < chunks.size(); i++) {
      encodeChunk(chunks.get(i), chunkStates);
      System.arraycopy(chunkStates, 0, states, i * perChunk, perChunk);
    }
    return new TextStates(states, chunks.size() * text.length(), warnings);
  }

  private List<List<WeightedToken>> chunks(List<PromptPart> parts) {
    PromptChunks chunks = new PromptChunks(text.length() - 2);
    for (PromptPart part : parts) {
      if (part instanceof Words words) {
        for (Token token : tokenizer.tokens(words.text())) {
          chunks.add(
              new WeightedToken(
                  token.id(), words.weight(), words.text(), token.start(), token.end()));
        }
      } else {
        chunks.endChunk();
      }
    }
    return chunks.finish();
  }

  private static boolean hasEmphasis(List<List<WeightedToken>> chunks) {
    return chunks.stream().flatMap(List::stream).anyMatch(token -> token.weight() != 1);
  }

  private String cut(List<List<WeightedToken>> chunks) {
    List<WeightedToken> kept =
        chunks.subList(0, text.maxChunks()).stream().flatMap(List::stream).toList();
    List<WeightedToken> lost =
        chunks.subList(text.maxChunks(), chunks.size()).stream().flatMap(List::stream).toList();
    String after = kept.isEmpty() ? "" : before(kept.get(kept.size() - 1));
    return Message.of(
        " is longer than the %d tokens that this model reads: it was cut after \"%s\", %d tokens were left out.",
        text.maxChunks() * (text.length() - 2), after, lost.size());
  }

  private static String before(WeightedToken token) {
    int from = Math.max(0, token.end() - QUOTED);
    int blank = from == 0 ? -1 : token.text().indexOf(' ', from);
    int start = blank >= 0 && blank < token.start() ? blank + 1 : from;
    return (start == 0 ? "" : "…") + token.text().substring(start, token.end()).strip();
  }

  private void encodeChunk(List<WeightedToken> tokens, float[] states) {
    long[] ids = new long[text.length()];
    Arrays.fill(ids, text.pad());
    ids[0] = text.begin();
    for (int i = 0; i < tokens.size(); i++) {
      ids[i + 1] = tokens.get(i).id();
    }
    ids[tokens.size() + 1] = text.end();
    long start = System.nanoTime();
    network.run(List.of(new Tensor.Ints(ids, 1, text.length())), states);
    networkNanos += System.nanoTime() - start;
    if (text.weighting()) {
      weigh(tokens, states, text.width());
    }
  }

  /** Multiplies each token's states by its weight and restores the mean over all states. */
  static void weigh(List<WeightedToken> tokens, float[] states, int width) {
    if (tokens.stream().allMatch(token -> token.weight() == 1)) {
      return;
    }
    double before = mean(states);
    for (int i = 0; i < tokens.size(); i++) {
      float weight = (float) tokens.get(i).weight();
      for (int at = (i + 1) * width; at < (i + 2) * width; at++) {
        states[at] *= weight;
      }
    }
    double after = mean(states);
    float restore = (float) (before / after);
    if (after != 0 && Float.isFinite(restore)) {
      for (int at = 0; at < states.length; at++) {
        states[at] *= restore;
      }
    }
  }

  private static double mean(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum / values.length;
  }
}
