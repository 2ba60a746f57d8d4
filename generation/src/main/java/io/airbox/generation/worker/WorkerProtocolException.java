package io.airbox.generation.worker;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The other side of the socket said something that is not a message; the connection is useless. */
final class WorkerProtocolException extends IOException {
  private static final long serialVersionUID = 1L;

  WorkerProtocolException(String message) {
    this(message, null);
  }

  WorkerProtocolException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
