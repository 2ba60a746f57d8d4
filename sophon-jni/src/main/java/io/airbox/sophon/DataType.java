package io.airbox.sophon;

/** The type of a tensor's elements, with the numbers of {@code bm_data_type_t}. */
public enum DataType {
  FLOAT32(0, 4),
  FLOAT16(1, 2),
  INT8(2, 1),
  UINT8(3, 1),
  INT16(4, 2),
  UINT16(5, 2),
  INT32(6, 4),
  UINT32(7, 4),
  BFLOAT16(8, 2),
  /** libbmrt counts a whole byte for each, and so do we. */
  INT4(9, 1),
  UINT4(10, 1);

  private static final DataType[] VALUES = values();

  private final int code;
  private final int bytes;

  DataType(int code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  /** The number in C. */
  public int code() {
    return code;
  }

  /**
   * The type with this number.
   *
   * @throws TpuException {@code INVALID_ARGUMENT} for a number that libbmrt does not know; it would
   *     abort the process
   */
  public static DataType of(int code) {
    if (code < 0 || code >= VALUES.length) {
      throw TpuException.invalid("data type %d is not one of 0..%d", code, VALUES.length - 1);
    }
    return VALUES[code];
  }
}
