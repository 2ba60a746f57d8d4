package io.airbox.generation.pack;

import java.util.List;
import java.util.stream.Collectors;

/**
 * One thing that is wrong with a pack.
 *
 * @param pointer JSON pointer into {@code pack.json}; empty for the whole document
 * @param message what is wrong, with the value and what is allowed
 */
public record PackProblem(String pointer, String message) {
  /** All problems, one a line. */
  static String describe(List<PackProblem> problems) {
    return problems.stream().map(PackProblem::toString).collect(Collectors.joining("\n"));
  }

  @Override
  public String toString() {
    return (pointer.isEmpty() ? "/" : pointer) + ": " + message;
  }
}
