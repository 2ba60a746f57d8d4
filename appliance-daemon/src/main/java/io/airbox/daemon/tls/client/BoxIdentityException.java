package io.airbox.daemon.tls.client;

import io.airbox.daemon.tls.Fingerprint;
import java.security.cert.CertificateException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A box could not prove who it is. TLS libraries wrap it, so {@link #in} digs it out. Nothing but
 * the handshake was sent.
 */
public final class BoxIdentityException extends CertificateException {
  private static final long serialVersionUID = 1L;

  /** Why; a closed list. */
  public enum Reason {
    /** Neither the system nor this user has seen it before. Asking a person may settle it. */
    UNKNOWN,
    /** It was known by another key. Nobody should be asked: the likely answer is yes. */
    CHANGED,
    /** It does not have the fingerprint that was named. */
    UNEXPECTED,
    /** What is known cannot be read, or what the box showed is not a certificate. */
    UNDECIDED
  }

  private final Reason reason;
  private final BoxAddress box;
  private final transient @Nullable Fingerprint presented;

  BoxIdentityException(
      Reason reason,
      BoxAddress box,
      @Nullable Fingerprint presented,
      String message,
      @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.box = box;
    this.presented = presented;
  }

  public Reason reason() {
    return reason;
  }

  public BoxAddress box() {
    return box;
  }

  /** The public key that it showed; what {@link KnownBoxes#remember} takes. */
  public Optional<Fingerprint> presented() {
    return Optional.ofNullable(presented);
  }

  /** The one among the causes of a failed connection. */
  public static Optional<BoxIdentityException> in(@Nullable Throwable failure) {
    Throwable at = failure;
    for (int depth = 0; at != null && depth < 20; depth++) {
      if (at instanceof BoxIdentityException found) {
        return Optional.of(found);
      }
      at = at.getCause();
    }
    return Optional.empty();
  }
}
