package io.airbox.generation.prompt;

/**
 * A token of a text.
 *
 * @param id number in the vocabulary
 * @param start index in the text of its first character
 * @param end index after its last character
 */
public record Token(int id, int start, int end) {}
