package io.airbox.sophon;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Untrusted bytes in FlatBuffers format, checked against a schema before anything is read.
 *
 * <p>{@link #verify} proves for all that the root reaches what FlatBuffers' own verifier proves:
 * every offset, table, vector and string lies inside, is aligned, and required fields are there.
 * After that the accessors cannot leave the buffer, and neither can the vendor's library, which
 * ends the process on some of these faults. The schema must not be recursive.
 *
 * <p>The format: <a href="https://flatbuffers.dev/internals/">flatbuffers.dev/internals</a>.
 */
final class FlatBuffer {
  /** What a field holds. */
  enum Kind {
    /** A number or a struct, inside the table. */
    INLINE,
    /** A struct of start and size in the binary part that follows the buffer, u64 each. */
    RANGE,
    STRING,
    TABLE,
    INLINE_VECTOR,
    RANGE_VECTOR,
    TABLE_VECTOR
  }

  /**
   * A field of a table.
   *
   * @param size bytes of the number or struct, or of a vector's element
   * @param align its alignment
   * @param table the schema of the table or of the vector's tables
   */
  record Field(
      int id, String name, Kind kind, int size, int align, Table table, boolean required) {}

  /** The schema of a table. */
  static final class Table {
    private final Map<Integer, Field> fields = new HashMap<>();

    Collection<Field> fields() {
      return Collections.unmodifiableCollection(fields.values());
    }

    Table inline(int id, String name, int size) {
      return add(new Field(id, name, Kind.INLINE, size, size, this, false));
    }

    /** A struct of u32 members. */
    Table struct(int id, String name, int size) {
      return add(new Field(id, name, Kind.INLINE, size, 4, this, false));
    }

    Table range(int id, String name) {
      return add(new Field(id, name, Kind.RANGE, 16, 8, this, false));
    }

    Table requiredRange(int id, String name) {
      return add(new Field(id, name, Kind.RANGE, 16, 8, this, true));
    }

    Table string(int id, String name) {
      return add(new Field(id, name, Kind.STRING, 1, 1, this, false));
    }

    Table requiredString(int id, String name) {
      return add(new Field(id, name, Kind.STRING, 1, 1, this, true));
    }

    Table table(int id, String name, Table of) {
      return add(new Field(id, name, Kind.TABLE, 4, 4, of, false));
    }

    Table vector(int id, String name, int elementSize, int align) {
      return add(new Field(id, name, Kind.INLINE_VECTOR, elementSize, align, this, false));
    }

    Table ranges(int id, String name) {
      return add(new Field(id, name, Kind.RANGE_VECTOR, 16, 8, this, false));
    }

    Table tables(int id, String name, Table of) {
      return add(new Field(id, name, Kind.TABLE_VECTOR, 4, 4, of, false));
    }

    Table requiredTables(int id, String name, Table of) {
      return add(new Field(id, name, Kind.TABLE_VECTOR, 4, 4, of, true));
    }

    private Table add(Field field) {
      fields.put(field.id(), field);
      return this;
    }
  }

  /** Why the bytes were refused; the message says where and what. */
  static final class BrokenException extends Exception {
    private static final long serialVersionUID = 1L;

    BrokenException(String message) {
      super(message);
    }
  }

  /** As many as FlatBuffers' own verifier allows. */
  private static final int MAX_TABLES = 1_000_000;

  /** Names and dates; tables may share one, so that its length counts many times. */
  private static final int MAX_STRING_BYTES = 4096;

  private final ByteBuffer bytes;
  private final long rangeLimit;
  private int tables;

  private FlatBuffer(ByteBuffer bytes, long rangeLimit) {
    this.bytes = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    this.rangeLimit = rangeLimit;
  }

  /**
   * Checks the bytes from position to limit.
   *
   * @param rangeLimit bytes of the binary part, in which every range must lie
   */
  static FlatBuffer verify(ByteBuffer bytes, Table root, long rangeLimit) throws BrokenException {
    FlatBuffer buffer = new FlatBuffer(bytes, rangeLimit);
    long position = buffer.offsetAt(0, "root");
    buffer.verifyTable(position, root, "");
    return buffer;
  }

  /** The position of the root table. */
  int root() {
    return bytes.getInt(0);
  }

  /** The position of a field in a table, 0 when absent. */
  int field(int table, int id) {
    int vtable = table - bytes.getInt(table);
    int slot = 4 + 2 * id;
    if (slot >= Short.toUnsignedInt(bytes.getShort(vtable))) {
      return 0;
    }
    int offset = Short.toUnsignedInt(bytes.getShort(vtable + slot));
    return offset == 0 ? 0 : table + offset;
  }

  int int32(int table, int id, int absent) {
    int position = field(table, id);
    return position == 0 ? absent : bytes.getInt(position);
  }

  long int64(int table, int id, long absent) {
    int position = field(table, id);
    return position == 0 ? absent : bytes.getLong(position);
  }

  float float32(int table, int id, float absent) {
    int position = field(table, id);
    return position == 0 ? absent : bytes.getFloat(position);
  }

  /** A string; empty when absent. */
  String string(int table, int id) {
    int position = field(table, id);
    if (position == 0) {
      return "";
    }
    int start = position + bytes.getInt(position);
    byte[] text = new byte[bytes.getInt(start)];
    bytes.get(start + 4, text);
    return new String(text, StandardCharsets.UTF_8);
  }

  /** The bytes of a vector of bytes, for comparison; empty when absent. */
  ByteBuffer byteVector(int table, int id) {
    int position = field(table, id);
    if (position == 0) {
      return ByteBuffer.allocate(0);
    }
    int start = position + bytes.getInt(position);
    return bytes.slice(start + 4, bytes.getInt(start));
  }

  /** The size of a range; 0 when absent. */
  long rangeSize(int table, int id) {
    int position = field(table, id);
    return position == 0 ? 0 : bytes.getLong(position + 8);
  }

  /** The position of a table; 0 when absent. */
  int table(int table, int id) {
    int position = field(table, id);
    return position == 0 ? 0 : position + bytes.getInt(position);
  }

  /** How many elements a vector has; 0 when absent. */
  int count(int table, int id) {
    int position = field(table, id);
    return position == 0 ? 0 : bytes.getInt(position + bytes.getInt(position));
  }

  /** The position of an element of a vector of tables. */
  int tableAt(int table, int id, int index) {
    int slot = element(table, id, index, 4);
    return slot + bytes.getInt(slot);
  }

  /** An element of a vector of u32. */
  int int32At(int table, int id, int index) {
    return bytes.getInt(element(table, id, index, 4));
  }

  /** An element of a vector of u64. */
  long int64At(int table, int id, int index) {
    return bytes.getLong(element(table, id, index, 8));
  }

  private int element(int table, int id, int index, int size) {
    int position = field(table, id);
    return position + bytes.getInt(position) + 4 + index * size;
  }

  private void verifyTable(long position, Table schema, String path) throws BrokenException {
    count();
    require(position, 4, 4, path);
    long vtable = position - bytes.getInt((int) position);
    require(vtable, 4, 2, path);
    int vtableSize = Short.toUnsignedInt(bytes.getShort((int) vtable));
    int tableSize = Short.toUnsignedInt(bytes.getShort((int) vtable + 2));
    if (vtableSize < 4 || vtableSize % 2 != 0 || tableSize < 4) {
      throw broken(path, "its table has no valid layout");
    }
    require(vtable, vtableSize, 2, path);
    require(position, tableSize, 4, path);
    for (Field field : schema.fields()) {
      int slot = 4 + 2 * field.id();
      int offset = slot < vtableSize ? Short.toUnsignedInt(bytes.getShort((int) vtable + slot)) : 0;
      if (offset == 0) {
        if (field.required()) {
          throw broken(path, "it lacks its " + field.name());
        }
        continue;
      }
      int inside = field.kind() == Kind.INLINE || field.kind() == Kind.RANGE ? field.size() : 4;
      if (offset + inside > tableSize) {
        throw broken(path, field.name() + " lies outside its table");
      }
      verifyField(position + offset, field, path + "/" + field.name());
    }
  }

  /** Tables that many others share are checked each time: the work is bounded, not the file. */
  private void count() throws BrokenException {
    if (++tables > MAX_TABLES) {
      throw new BrokenException("it has more than " + MAX_TABLES + " tables");
    }
  }

  private void verifyField(long position, Field field, String path) throws BrokenException {
    switch (field.kind()) {
      case INLINE -> require(position, field.size(), field.align(), path);
      case RANGE -> verifyRange(position, path);
      case STRING -> {
        long start = offsetAt(position, path);
        long length = verifyVector(start, 1, 1, path);
        if (length > MAX_STRING_BYTES) {
          throw broken(path, "the text has " + length + " bytes");
        }
        require(start + 4 + length, 1, 1, path);
        if (bytes.get((int) (start + 4 + length)) != 0) {
          throw broken(path, "the text has no end");
        }
      }
      case TABLE -> verifyTable(offsetAt(position, path), field.table(), path);
      case INLINE_VECTOR ->
          verifyVector(offsetAt(position, path), field.size(), field.align(), path);
      case RANGE_VECTOR -> {
        long start = offsetAt(position, path);
        long count = verifyVector(start, 16, 8, path);
        for (long i = 0; i < count; i++) {
          count();
          verifyRange(start + 4 + 16 * i, path);
        }
      }
      case TABLE_VECTOR -> {
        long start = offsetAt(position, path);
        long count = verifyVector(start, 4, 4, path);
        for (long i = 0; i < count; i++) {
          long slot = start + 4 + 4 * i;
          verifyTable(offsetAt(slot, path), field.table(), path + "[" + i + "]");
        }
      }
    }
  }

  private void verifyRange(long position, String path) throws BrokenException {
    require(position, 16, 8, path);
    long start = bytes.getLong((int) position);
    long size = bytes.getLong((int) position + 8);
    if (start < 0 || size < 0 || start > rangeLimit || size > rangeLimit - start) {
      throw broken(
          path,
          String.format(
              Locale.ROOT,
              "%s bytes at %s do not lie within the %d bytes of the binary part",
              Long.toUnsignedString(size),
              Long.toUnsignedString(start),
              rangeLimit));
    }
  }

  /** Checks a vector and returns its count. */
  private long verifyVector(long start, int elementSize, int align, String path)
      throws BrokenException {
    require(start, 4, 4, path);
    long count = Integer.toUnsignedLong(bytes.getInt((int) start));
    require(start + 4, count * elementSize, align, path);
    return count;
  }

  /** Follows the unsigned offset at a position. */
  private long offsetAt(long position, String path) throws BrokenException {
    require(position, 4, 4, path);
    long offset = Integer.toUnsignedLong(bytes.getInt((int) position));
    if (offset == 0) {
      throw broken(path, "an offset is 0");
    }
    return position + offset;
  }

  private void require(long position, long size, int align, String path) throws BrokenException {
    // at most 2^33 and 2^40: their sum does not wrap
    if (position < 0 || position + size > bytes.capacity()) {
      throw broken(
          path, size + " bytes at " + position + " lie outside its " + bytes.capacity() + " bytes");
    }
    if (position % align != 0) {
      throw broken(path, "position " + position + " is not a multiple of " + align);
    }
  }

  private static BrokenException broken(String path, String what) {
    return new BrokenException((path.isEmpty() ? "model" : path.substring(1)) + ": " + what);
  }
}
