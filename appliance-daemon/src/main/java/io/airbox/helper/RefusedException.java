package io.airbox.helper;

import org.jspecify.annotations.Nullable;

/** A request that is not done, and nothing of it. */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final @Nullable String field;

  /**
   * @param field the argument at fault, if one is
   */
  RefusedException(@Nullable String field, String reason) {
    super(reason);
    this.field = field;
  }

  Reply.Refused reply() {
    return new Reply.Refused(field, String.valueOf(getMessage()));
  }
}
