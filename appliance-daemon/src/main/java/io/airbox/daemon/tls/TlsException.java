package io.airbox.daemon.tls;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A certificate or key was not accepted or could not be kept; the message says what to try. */
public final class TlsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why; a closed list. */
  public enum Reason {
    /** The uploaded chain cannot be used. Nothing has changed. */
    CHAIN_REFUSED("chain"),
    /** The uploaded private key cannot be used. Nothing has changed. */
    KEY_REFUSED("key"),
    /** A file that the box keeps is not what the box wrote. Nothing has changed. */
    DAMAGED(null),
    /** The file system failed. What is served has not changed; after a restart it may. */
    STORAGE_FAULT(null);

    private final @Nullable String field;

    Reason(@Nullable String field) {
      this.field = field;
    }
  }

  private final Reason reason;

  TlsException(Reason reason, String message) {
    this(reason, message, null);
  }

  TlsException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  /** Which part of an upload is to blame: {@code chain} or {@code key}; else empty. */
  public Optional<String> field() {
    return Optional.ofNullable(reason.field);
  }
}
