package io.airbox.netplan;

import org.jspecify.annotations.Nullable;

/**
 * Network settings could not be read, planned or changed.
 *
 * <p>The message says what failed, on what, with which value and what to try. Nothing outside a
 * scratch folder was written by the failed call.
 */
public final class NetplanException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why; a closed list, so that an edge can map each to its own status. */
  public enum Reason {
    /** A value has a wrong form or is out of range; {@link #field()} says which. */
    INVALID_VALUE,
    /** A file is not YAML, or not what netplan takes. */
    INVALID_DOCUMENT,
    /** The file cannot be edited without touching more than was asked for. */
    NOT_EDITABLE,
    /** Files could not be read. */
    UNREADABLE,
    /** netplan is not installed, did not end in time, or could not be started. */
    NETPLAN_UNAVAILABLE
  }

  private final Reason reason;
  private final @Nullable String field;
  // a record of two numbers and a text, which every serialised form of this may lose
  private final transient @Nullable Origin origin;

  public NetplanException(Reason reason, String message) {
    this(reason, null, message, null);
  }

  public NetplanException(Reason reason, String message, @Nullable Throwable cause) {
    this(reason, null, message, cause);
  }

  public NetplanException(
      Reason reason, @Nullable String field, String message, @Nullable Throwable cause) {
    this(reason, field, null, message, cause);
  }

  private NetplanException(
      Reason reason,
      @Nullable String field,
      @Nullable Origin origin,
      String message,
      @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.field = field;
    this.origin = origin;
  }

  /** {@code field} has a wrong value. */
  public static NetplanException invalid(String field, String message) {
    return new NetplanException(Reason.INVALID_VALUE, field, message, null);
  }

  /** A file cannot be read as YAML; {@code origin} is put before the message. */
  public static NetplanException invalidDocument(
      Origin origin, String message, @Nullable Throwable cause) {
    return new NetplanException(
        Reason.INVALID_DOCUMENT, null, origin, origin + ": " + message, cause);
  }

  public Reason reason() {
    return reason;
  }

  /** The name of the wrong value, or null when the fault is not one value's. */
  public @Nullable String field() {
    return field;
  }

  /** Where the fault stands, or null when that is not one place of a file. */
  public @Nullable Origin origin() {
    return origin;
  }

  /**
   * A foreign string made fit for a message: one line, printable, at most 60 characters, in quotes.
   */
  public static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    int shown = 0;
    for (int i = 0;
        i < text.length() && shown < 60;
        i += Character.charCount(text.codePointAt(i))) {
      int c = text.codePointAt(i);
      shown++;
      if (c == '"' || c == '\\') {
        out.append('\\').append((char) c);
      } else if (c < 0x20
          || (c >= 0x7f && c < 0xa0)
          || Character.getType(c) == Character.FORMAT
          || c == 0x2028
          || c == 0x2029
          || Character.getType(c) == Character.SURROGATE) {
        out.append("\\u{").append(Integer.toHexString(c)).append('}');
      } else {
        out.appendCodePoint(c);
      }
    }
    return out.append(text.codePointCount(0, text.length()) > 60 ? "…\"" : "\"").toString();
  }
}
