package io.airbox.generation.prompt;

import java.util.ArrayList;
import java.util.List;

/**
 * Words in chunks as long as the text encoder takes, by A1111's rule: when a chunk is full and a
 * comma is among its last {@value #COMMA_REACH} tokens, what follows the comma moves to the next
 * chunk. Pure.
 */
final class PromptChunks {
  /** How far back a comma is looked for. */
  static final int COMMA_REACH = 20;

  private final int capacity;
  private final List<List<WeightedToken>> chunks = new ArrayList<>();
  private List<WeightedToken> current = new ArrayList<>();
  private int lastComma = -1;

  /**
   * @param capacity tokens of a chunk, without its frame
   */
  PromptChunks(int capacity) {
    this.capacity = capacity;
  }

  /**
   * A token on its way into a chunk.
   *
   * @param id number in the vocabulary
   * @param weight emphasis
   * @param text the text it was read from
   * @param start index in {@code text}
   * @param end index in {@code text}
   */
  record WeightedToken(int id, double weight, String text, int start, int end) {
    boolean isComma() {
      return end - start == 1 && text.charAt(start) == ',';
    }
  }

  void add(WeightedToken token) {
    if (token.isComma()) {
      lastComma = current.size();
    } else if (current.size() == capacity
        && lastComma >= 0
        && current.size() - lastComma <= COMMA_REACH) {
      List<WeightedToken> kept = new ArrayList<>(current.subList(0, lastComma + 1));
      List<WeightedToken> moved = new ArrayList<>(current.subList(lastComma + 1, current.size()));
      current = kept;
      endChunk();
      current = moved;
    }
    if (current.size() == capacity) {
      endChunk();
    }
    current.add(token);
  }

  void endChunk() {
    chunks.add(current);
    current = new ArrayList<>();
    lastComma = -1;
  }

  /** The chunks; at least one, which may be empty. */
  List<List<WeightedToken>> finish() {
    if (!current.isEmpty() || chunks.isEmpty()) {
      endChunk();
    }
    return List.copyOf(chunks);
  }
}
