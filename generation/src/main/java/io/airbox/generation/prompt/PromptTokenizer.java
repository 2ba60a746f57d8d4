package io.airbox.generation.prompt;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Splits text into the tokens of a {@code tokenizer.json}, without frame, padding or cutting. Runs
 * in native code and never on the network. Used by one thread at a time.
 */
public final class PromptTokenizer implements AutoCloseable {
  private final HuggingFaceTokenizer tokenizer;

  private PromptTokenizer(HuggingFaceTokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /**
   * Loads a tokenizer.
   *
   * @param file a {@code tokenizer.json}
   * @param nativeFolder writable folder, on a file system that allows execution, into which the
   *     native library is unpacked once; the first call in a process decides
   * @throws GenerationException {@code INVALID_PACK} if the file is not a tokenizer, {@code
   *     ENGINE_FAULT} if the native library does not load
   */
  public static PromptTokenizer open(Path file, Path nativeFolder) {
    // read by the library when its classes are loaded; a launcher may have set them
    setUnlessSet("ENGINE_CACHE_DIR", nativeFolder.toString());
    setUnlessSet("DJL_CACHE_DIR", nativeFolder.toString());
    setUnlessSet("OPT_OUT_TRACKING", "true");
    setUnlessSet("ai.djl.offline", "true");
    try {
      return new PromptTokenizer(
          HuggingFaceTokenizer.builder()
              .optTokenizerPath(file)
              .optAddSpecialTokens(false)
              .optTruncation(false)
              .optPadding(false)
              .build());
    } catch (LinkageError e) {
      throw new GenerationException(
          Reason.ENGINE_FAULT,
          "the tokenizer's native library does not load from "
              + nativeFolder
              + "; is the folder writable and not mounted noexec?",
          e);
    } catch (IOException | RuntimeException e) {
      throw new GenerationException(
          Reason.INVALID_PACK, file + " is not a usable tokenizer.json: " + e.getMessage(), e);
    }
  }

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /** The tokens of a text, in order. */
  public List<Token> tokens(String text) {
    if (text.isEmpty()) {
      return List.of();
    }
    Encoding encoding = tokenizer.encode(text, false, false);
    long[] ids = encoding.getIds();
    @Nullable CharSpan[] spans = encoding.getCharTokenSpans();
    List<Token> tokens = new ArrayList<>(ids.length);
    int[] offsets = offsets(text);
    for (int i = 0; i < ids.length; i++) {
      CharSpan span = spans[i];
      int start = span == null ? 0 : offsets[Math.min(span.getStart(), offsets.length - 1)];
      int end = span == null ? 0 : offsets[Math.min(span.getEnd(), offsets.length - 1)];
      tokens.add(new Token(Math.toIntExact(ids[i]), start, end));
    }
    return tokens;
  }

  /** The library counts code points; index of each in the string, and the length. */
  private static int[] offsets(String text) {
    int count = text.codePointCount(0, text.length());
    int[] offsets = new int[count + 1];
    for (int i = 1; i <= count; i++) {
      offsets[i] = text.offsetByCodePoints(offsets[i - 1], 1);
    }
    return offsets;
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
