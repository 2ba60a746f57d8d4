package io.airbox.power.outbox;

import java.io.IOException;

/** There is no room for what must arrive; nothing was changed. */
public final class OutboxFullException extends IOException {
  private static final long serialVersionUID = 1;

  OutboxFullException(String message) {
    super(message);
  }
}
