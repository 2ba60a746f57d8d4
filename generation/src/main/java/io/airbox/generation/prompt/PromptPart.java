package io.airbox.generation.prompt;

/** A piece of a parsed prompt. */
public sealed interface PromptPart {
  /**
   * Words with one weight.
   *
   * @param text as written, without the brackets and escapes
   * @param weight 1 is neutral; within ±{@link EmphasisParser#LARGEST_WEIGHT}
   */
  record Words(String text, double weight) implements PromptPart {}

  /** The word BREAK: what follows begins a new chunk. */
  record Break() implements PromptPart {}
}
