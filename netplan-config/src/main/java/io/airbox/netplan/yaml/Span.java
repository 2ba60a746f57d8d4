package io.airbox.netplan.yaml;

/**
 * A stretch of a document's text.
 *
 * @param start index of its first {@code char} in {@link YamlDocument#text()}
 * @param end one behind its last; {@code start} when it is empty
 */
public record Span(int start, int end) {
  public Span {
    if (start < 0 || end < start) {
      throw new IllegalArgumentException("no span: " + start + " to " + end);
    }
  }

  public int length() {
    return end - start;
  }

  public boolean isEmpty() {
    return end == start;
  }

  /** Whether {@code other} lies within. */
  public boolean contains(Span other) {
    return start <= other.start && other.end <= end;
  }

  /** The text between the ends. */
  public String of(String text) {
    return text.substring(start, end);
  }
}
