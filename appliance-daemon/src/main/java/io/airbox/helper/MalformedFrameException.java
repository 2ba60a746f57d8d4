package io.airbox.helper;

import java.io.IOException;

/** Bytes or fields that are no message of this protocol. */
final class MalformedFrameException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * @param flaw completes "the message is malformed:"
   */
  MalformedFrameException(String flaw) {
    super("the message is malformed: " + flaw);
  }
}
