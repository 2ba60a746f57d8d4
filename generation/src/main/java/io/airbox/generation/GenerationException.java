package io.airbox.generation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A picture could not be made, a pack could not be used, or an engine failed.
 *
 * <p>The message says what failed, on what, with which value and what to try; it is fit for the
 * person who asked.
 */
public final class GenerationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why; a closed list, so that an edge can map each to its own status. */
  public enum Reason {
    /** The request names something unknown or out of range; {@link #field()} says which. */
    INVALID_REQUEST,
    /** No pack of that name is installed. */
    UNKNOWN_PACK,
    /** The pack's manifest or files are wrong: bad JSON, missing role, hash mismatch. */
    INVALID_PACK,
    /** The pack needs more memory than there is. */
    OUT_OF_MEMORY,
    /** The engine failed while it ran: a native error, NaN, a flat picture. */
    ENGINE_FAULT,
    /** The worker process died or does not answer. */
    WORKER_LOST,
    /** The TPU hangs: no job can succeed until the box is restarted. */
    DEVICE_HUNG,
    /** Somebody cancelled the job. */
    CANCELLED
  }

  private static final int QUOTED = 80;

  private final Reason reason;
  private final @Nullable String field;

  public GenerationException(Reason reason, String message) {
    this(reason, null, message, null);
  }

  public GenerationException(Reason reason, String message, @Nullable Throwable cause) {
    this(reason, null, message, cause);
  }

  public GenerationException(
      Reason reason, @Nullable String field, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.field = field;
  }

  /** A request's {@code field} has a wrong value. */
  public static GenerationException invalid(String field, String message) {
    return new GenerationException(Reason.INVALID_REQUEST, field, message, null);
  }

  /**
   * A request's {@code field} names something that is not one of {@code known}; the message lists
   * them and suggests the nearest.
   */
  public static GenerationException unknown(String field, String value, List<String> known) {
    String shown = value.length() <= QUOTED ? value : value.substring(0, QUOTED) + "…";
    return invalid(
        field,
        Message.of(
            "%s \"%s\" is not one of %s.%s",
            field, shown, String.join(", ", known), ClosestName.hint(value, known)));
  }

  public Reason reason() {
    return reason;
  }

  /** The request's field (its JSON name) for {@link Reason#INVALID_REQUEST}, else null. */
  public @Nullable String field() {
    return field;
  }
}
