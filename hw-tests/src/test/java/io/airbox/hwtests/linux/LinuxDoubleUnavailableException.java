package io.airbox.hwtests.linux;

/** This machine cannot run the Linux double; the message says why and what would help. */
public final class LinuxDoubleUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LinuxDoubleUnavailableException(String reason) {
    super(reason);
  }

  LinuxDoubleUnavailableException(String reason, Throwable cause) {
    super(reason, cause);
  }
}
