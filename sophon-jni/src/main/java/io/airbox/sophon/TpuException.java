package io.airbox.sophon;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The TPU, its driver or its libraries could not do what was asked, or what was asked would have
 * harmed the process and was refused before it reached C.
 *
 * <p>The message says what failed, on what, with which value, and ends with {@link #advice()}.
 */
public final class TpuException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why; a closed list, so that an edge can map each to its own answer. */
  public enum Reason {
    /** libbmlib or libbmrt is not there or does not load. */
    LIBRARY_MISSING,
    /**
     * The libraries are of a release whose binary layout is not known, or contradict their name.
     */
    UNSUPPORTED_VERSION,
    /** There is no device node, so no driver or no TPU. */
    DEVICE_MISSING,
    /** The device node or a file may not be opened by this user. */
    PERMISSION_DENIED,
    /** The device could not be opened for another reason. */
    DEVICE_UNAVAILABLE,
    /** The TPU hangs; only a restart of the box helps. */
    DEVICE_HUNG,
    /** No heap has room, or a model does not fit; nothing was allocated. */
    OUT_OF_MEMORY,
    /** A device, memory or model was used after it was closed; C was not called. */
    CLOSED,
    /** A device was used from a thread other than the one that opened it; C was not called. */
    WRONG_THREAD,
    /** A size, offset, shape or type does not fit; C was not called. */
    INVALID_ARGUMENT,
    /** A bmodel is damaged, cut short or inconsistent; C was not called. */
    INVALID_BMODEL,
    /** A bmodel was compiled for another chip; C was not called. */
    WRONG_CHIP,
    /**
     * libbmrt refused a bmodel that looked sound. It may have lost device memory over it, which
     * only the end of the process gives back.
     */
    LOAD_FAILED,
    /** libbmrt refused a launch, or the TPU failed during it; the outputs are undefined. */
    LAUNCH_FAILED,
    /** The function does not exist in the installed release or on this kind of device. */
    NOT_SUPPORTED,
    /** A function of libbmlib failed for a reason that its status does not tell. */
    CALL_FAILED
  }

  private final Reason reason;
  private final @Nullable String function;
  private final @Nullable BmStatus status;
  private final String advice;

  private TpuException(
      Reason reason,
      @Nullable String function,
      @Nullable BmStatus status,
      String what,
      String advice,
      @Nullable Throwable cause) {
    super(advice.isEmpty() ? what : what + "; " + advice, cause);
    this.reason = reason;
    this.function = function;
    this.status = status;
    this.advice = advice;
  }

  /** A refusal or failure outside any C function. */
  public static TpuException of(Reason reason, String what, String advice) {
    return new TpuException(reason, null, null, what, advice, null);
  }

  /** As {@link #of(Reason, String, String)}, with what led to it. */
  public static TpuException of(
      Reason reason, String what, String advice, @Nullable Throwable cause) {
    return new TpuException(reason, null, null, what, advice, cause);
  }

  /** A wrong argument of the caller's. */
  public static TpuException invalid(String format, Object... values) {
    return of(Reason.INVALID_ARGUMENT, String.format(Locale.ROOT, format, values), "");
  }

  /** A C function that tells failure by something else than a status. */
  public static TpuException call(
      Reason reason, String function, String arguments, String what, String advice) {
    return new TpuException(
        reason, function, null, function + "(" + arguments + "): " + what, advice, null);
  }

  /** A function of libbmlib that returned {@code code}, which is not 0. */
  public static TpuException status(String function, String arguments, int code) {
    BmStatus status = BmStatus.of(code);
    Reason reason =
        switch (status) {
          case BM_ERR_NOMEM -> Reason.OUT_OF_MEMORY;
          case BM_ERR_NOFEATURE, BM_NOT_SUPPORTED -> Reason.NOT_SUPPORTED;
          case BM_ERR_PARAM -> Reason.INVALID_ARGUMENT;
          case BM_ERR_BUSY -> Reason.DEVICE_UNAVAILABLE;
          case BM_SUCCESS,
              BM_ERR_DEVNOTREADY,
              BM_ERR_FAILURE,
              BM_ERR_TIMEOUT,
              BM_ERR_DATA,
              UNKNOWN ->
              Reason.CALL_FAILED;
        };
    String advice =
        switch (reason) {
          case OUT_OF_MEMORY -> "unload a model, or give its heap more of the box's memory";
          case NOT_SUPPORTED -> "this release or kind of device does not have it";
          case DEVICE_UNAVAILABLE -> "is another program holding the device?";
          default -> "the kernel log (dmesg) may tell more";
        };
    return new TpuException(
        reason,
        function,
        status,
        String.format(Locale.ROOT, "%s(%s): %s (%d)", function, arguments, status, code),
        advice,
        null);
  }

  /** This failure with a clearer reason, found out afterwards; the function and status stay. */
  public TpuException because(Reason clearer, String what, String hint) {
    return new TpuException(clearer, function, status, what, hint, this);
  }

  /** Never null. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }

  public Reason reason() {
    return reason;
  }

  /** The C function that failed; null when none was called. */
  public @Nullable String function() {
    return function;
  }

  /** What it returned; null when it returns no status or none was called. */
  public @Nullable BmStatus status() {
    return status;
  }

  /** What to try; empty when the message says all. */
  public String advice() {
    return advice;
  }
}
