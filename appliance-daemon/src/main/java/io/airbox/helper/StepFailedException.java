package io.airbox.helper;

import java.io.IOException;

/** A step that could not be done; its message is what the system or the program said. */
final class StepFailedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String step;

  /**
   * @param step what was tried, in words
   */
  StepFailedException(String step, String message) {
    super(message);
    this.step = step;
  }

  Reply.Failed reply() {
    return new Reply.Failed(step, String.valueOf(getMessage()));
  }
}
