package io.airbox.flasher.watch;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;

/**
 * Finds which of up to 64 words a line contains, in one pass (Aho and Corasick, 1975), so that a
 * line without any costs next to nothing.
 */
final class Anchors {
  private static final int SYMBOLS = 128;
  private static final int MOST_WORDS = 64;

  private final int[] next;
  private final long[] found;

  Anchors(String... words) {
    if (words.length > MOST_WORDS) {
      throw new IllegalArgumentException(words.length + " words, at most " + MOST_WORDS);
    }
    int most = 1 + Arrays.stream(words).mapToInt(String::length).sum();
    next = new int[most * SYMBOLS];
    found = new long[most];
    int states = 1;
    for (int word = 0; word < words.length; word++) {
      int state = 0;
      for (int i = 0; i < words[word].length(); i++) {
        int edge = state * SYMBOLS + words[word].charAt(i);
        if (next[edge] == 0) {
          next[edge] = states++;
        }
        state = next[edge];
      }
      found[state] |= 1L << word;
    }
    complete();
  }

  /** Turns the tree of words into an automaton that never steps back. */
  private void complete() {
    int[] fallback = new int[found.length];
    Queue<Integer> waiting = new ArrayDeque<>();
    for (int symbol = 0; symbol < SYMBOLS; symbol++) {
      if (next[symbol] != 0) {
        waiting.add(next[symbol]);
      }
    }
    while (!waiting.isEmpty()) {
      int state = waiting.remove();
      found[state] |= found[fallback[state]];
      for (int symbol = 0; symbol < SYMBOLS; symbol++) {
        int edge = state * SYMBOLS + symbol;
        int other = next[fallback[state] * SYMBOLS + symbol];
        if (next[edge] == 0) {
          next[edge] = other;
        } else {
          fallback[next[edge]] = other;
          waiting.add(next[edge]);
        }
      }
    }
  }

  /** A bit for each word that is in {@code text}, by its place among the words. */
  long in(byte[] text, int length) {
    long words = 0;
    int state = 0;
    for (int i = 0; i < length; i++) {
      int symbol = text[i];
      state = symbol < 0 ? 0 : next[state * SYMBOLS + symbol];
      words |= found[state];
    }
    return words;
  }
}
