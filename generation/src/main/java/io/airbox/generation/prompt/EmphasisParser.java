package io.airbox.generation.prompt;

import io.airbox.generation.prompt.PromptPart.Break;
import io.airbox.generation.prompt.PromptPart.Words;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A1111's prompt emphasis: {@code (x)} weighs x 1.1 times, {@code [x]} one 1.1th, {@code (x:1.3)}
 * exactly 1.3 times; brackets nest and multiply; a backslash makes a bracket or a backslash an
 * ordinary character; a bracket that is never closed reaches to the end; {@code BREAK} begins a new
 * chunk. Every text is a valid prompt. Pure.
 */
public final class EmphasisParser {
  /** Products beyond this are cut off: nothing useful is there. */
  public static final double LARGEST_WEIGHT = 100;

  private static final double STEP = 1.1;
  private static final Pattern EXPLICIT_END =
      Pattern.compile(":\\s*([+-]?(?:\\d{1,9}(?:\\.\\d{0,9})?|\\.\\d{1,9}))\\s*\\)");
  private static final Pattern BREAK = Pattern.compile("\\s*\\bBREAK\\b\\s*");

  private final List<PromptPart> parts = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();
  private final Deque<Integer> round = new ArrayDeque<>();
  private final Deque<Integer> square = new ArrayDeque<>();

  private EmphasisParser() {}

  /**
   * Parses a prompt.
   *
   * @return at least one part; neighbours have different weights
   */
  public static List<PromptPart> parse(String prompt) {
    EmphasisParser parser = new EmphasisParser();
    parser.scan(prompt);
    parser.closeAll();
    return parser.merged();
  }

  private void scan(String prompt) {
    Matcher explicitEnd = EXPLICIT_END.matcher(prompt);
    int at = 0;
    while (at < prompt.length()) {
      char c = prompt.charAt(at);
      if (c == '\\' && at + 1 < prompt.length() && "()[]\\".indexOf(prompt.charAt(at + 1)) >= 0) {
        text.append(prompt.charAt(at + 1));
        at += 2;
      } else if (c == ':'
          && !round.isEmpty()
          && explicitEnd.region(at, prompt.length()).lookingAt()) {
        multiplyFrom(round, Double.parseDouble(explicitEnd.group(1)));
        at = explicitEnd.end();
      } else {
        character(c);
        at++;
      }
    }
    flush();
  }

  private void character(char c) {
    if (c == '(') {
      flush();
      round.push(parts.size());
    } else if (c == '[') {
      flush();
      square.push(parts.size());
    } else if (c == ')' && !round.isEmpty()) {
      multiplyFrom(round, STEP);
    } else if (c == ']' && !square.isEmpty()) {
      multiplyFrom(square, 1 / STEP);
    } else {
      text.append(c);
    }
  }

  /** Ends the piece of text read so far, split at the word BREAK. */
  private void flush() {
    if (text.isEmpty()) {
      return;
    }
    Matcher matcher = BREAK.matcher(text);
    int from = 0;
    while (matcher.find()) {
      words(text.substring(from, matcher.start()));
      parts.add(new Break());
      from = matcher.end();
    }
    words(text.substring(from));
    text.setLength(0);
  }

  private void words(String words) {
    if (!words.isEmpty()) {
      parts.add(new Words(words, 1));
    }
  }

  private void multiplyFrom(Deque<Integer> brackets, double factor) {
    flush();
    for (int i = brackets.pop(); i < parts.size(); i++) {
      if (parts.get(i) instanceof Words words) {
        double weight = words.weight() * factor;
        parts.set(
            i,
            new Words(words.text(), Math.max(-LARGEST_WEIGHT, Math.min(LARGEST_WEIGHT, weight))));
      }
    }
  }

  private void closeAll() {
    while (!round.isEmpty()) {
      multiplyFrom(round, STEP);
    }
    while (!square.isEmpty()) {
      multiplyFrom(square, 1 / STEP);
    }
  }

  private List<PromptPart> merged() {
    List<PromptPart> merged = new ArrayList<>();
    for (PromptPart part : parts) {
      PromptPart last = merged.isEmpty() ? new Break() : merged.get(merged.size() - 1);
      if (part instanceof Words words
          && last instanceof Words before
          && words.weight() == before.weight()) {
        merged.set(merged.size() - 1, new Words(before.text() + words.text(), words.weight()));
      } else {
        merged.add(part);
      }
    }
    return merged.isEmpty() ? List.of(new Words("", 1)) : List.copyOf(merged);
  }
}
