package io.airbox.sophon;

/** What a function of libbmlib returns; the names and numbers of {@code bm_status_t}. */
public enum BmStatus {
  BM_SUCCESS(0),
  /** Mostly a null handle or pointer. */
  BM_ERR_DEVNOTREADY(1),
  /** A system call failed; no more is told. */
  BM_ERR_FAILURE(2),
  BM_ERR_TIMEOUT(3),
  /** An argument, an address or an alignment is out of range. */
  BM_ERR_PARAM(4),
  /** No heap has room for the buffer. */
  BM_ERR_NOMEM(5),
  BM_ERR_DATA(6),
  /** The device node cannot be opened. */
  BM_ERR_BUSY(7),
  BM_ERR_NOFEATURE(8),
  /** This build of the library (SOC, simulator) does not have the function. */
  BM_NOT_SUPPORTED(9),
  /** A number that no release known to us returns. */
  UNKNOWN(-1);

  private static final BmStatus[] VALUES = values();

  private final int code;

  BmStatus(int code) {
    this.code = code;
  }

  /** The number in C; -1 for {@link #UNKNOWN}. */
  public int code() {
    return code;
  }

  /** The status with this number, {@link #UNKNOWN} if there is none. */
  public static BmStatus of(int code) {
    return code >= 0 && code <= BM_NOT_SUPPORTED.code ? VALUES[code] : UNKNOWN;
  }
}
