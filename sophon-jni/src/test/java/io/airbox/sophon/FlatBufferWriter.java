package io.airbox.sophon;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes FlatBuffers: just enough to make bmodels, good ones and broken ones. */
public final class FlatBufferWriter {
  /** A table under construction; fields by their number. */
  public static final class Table {
    private final TreeMap<Integer, Object> fields = new TreeMap<>();

    public Table u32(int id, int value) {
      return put(id, value);
    }

    public Table u64(int id, long value) {
      return put(id, value);
    }

    public Table range(int id, long start, long size) {
      return put(id, new Range(start, size));
    }

    public Table text(int id, String value) {
      return put(id, value);
    }

    public Table table(int id, Table value) {
      return put(id, value);
    }

    public Table tables(int id, List<Table> values) {
      return put(id, List.copyOf(values));
    }

    public Table ints(int id, int... values) {
      return put(id, values);
    }

    public Table longs(int id, long... values) {
      return put(id, values);
    }

    public Table bytes(int id, byte... values) {
      return put(id, values);
    }

    /** The tables of a vector. */
    public List<Table> tables(int id) {
      return ((List<?>) fields.getOrDefault(id, List.of()))
          .stream().map(Table.class::cast).toList();
    }

    /** Changes the first number of a vector of u64. */
    public Table replaceFirst(int id, long value) {
      ((long[]) fields.get(id))[0] = value;
      return this;
    }

    public Table without(int id) {
      fields.remove(id);
      return this;
    }

    private Table put(int id, Object value) {
      fields.put(id, value);
      return this;
    }
  }

  private record Range(long start, long size) {}

  private ByteBuffer out = ByteBuffer.allocate(1 << 12).order(ByteOrder.LITTLE_ENDIAN);

  private FlatBufferWriter() {}

  /** The bytes of a buffer with this root. */
  public static byte[] write(Table root) {
    FlatBufferWriter writer = new FlatBufferWriter();
    writer.room(4);
    writer.out.position(4);
    int start = writer.table(root); // which may have made the buffer larger
    writer.out.putInt(0, start);
    writer.align(8);
    return Arrays.copyOf(writer.out.array(), writer.out.position());
  }

  /** Writes a table, then what it refers to; returns where the table begins. */
  private int table(Table table) {
    int slots = table.fields.isEmpty() ? 0 : table.fields.lastKey() + 1;
    int[] offsets = new int[slots];
    int size = 4;
    for (Map.Entry<Integer, Object> field : table.fields.entrySet()) {
      int align = field.getValue() instanceof Long || field.getValue() instanceof Range ? 8 : 4;
      size = (size + align - 1) / align * align;
      offsets[field.getKey()] = size;
      size += field.getValue() instanceof Range ? 16 : align;
    }
    align(8);
    room(4 + 2 * slots + 8 + size);
    int vtable = out.position();
    out.putShort((short) (4 + 2 * slots)).putShort((short) size);
    for (int offset : offsets) {
      out.putShort((short) offset);
    }
    align(8);
    int start = out.position();
    out.putInt(start, start - vtable);
    out.position(start + size);
    List<Runnable> later = new ArrayList<>();
    table.fields.forEach(
        (id, value) -> {
          int at = start + offsets[id];
          if (value instanceof Integer number) {
            out.putInt(at, number);
          } else if (value instanceof Long number) {
            out.putLong(at, number);
          } else if (value instanceof Range range) {
            out.putLong(at, range.start()).putLong(at + 8, range.size());
          } else {
            later.add(() -> refer(at, reference(value)));
          }
        });
    later.forEach(Runnable::run);
    return start;
  }

  private int reference(Object value) {
    if (value instanceof Table table) {
      return table(table);
    }
    if (value instanceof String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      int start = vector(bytes.length, 4, bytes.length + 1);
      out.put(bytes).put((byte) 0);
      return start;
    }
    if (value instanceof byte[] bytes) {
      int start = vector(bytes.length, 4, bytes.length);
      out.put(bytes);
      return start;
    }
    if (value instanceof int[] numbers) {
      int start = vector(numbers.length, 4, 4 * numbers.length);
      for (int number : numbers) {
        out.putInt(number);
      }
      return start;
    }
    if (value instanceof long[] numbers) {
      int start = vector(numbers.length, 8, 8 * numbers.length);
      for (long number : numbers) {
        out.putLong(number);
      }
      return start;
    }
    List<?> tables = (List<?>) value;
    int start = vector(tables.size(), 4, 4 * tables.size());
    int first = out.position();
    out.position(first + 4 * tables.size());
    for (int i = 0; i < tables.size(); i++) {
      refer(first + 4 * i, table((Table) tables.get(i)));
    }
    return start;
  }

  private void refer(int at, int target) {
    out.putInt(at, target - at);
  }

  /** Writes a vector's count so that its elements are aligned. */
  private int vector(int count, int align, int bytes) {
    room(16 + bytes);
    while ((out.position() + 4) % align != 0) {
      out.put((byte) 0);
    }
    int start = out.position();
    out.putInt(count);
    return start;
  }

  private void align(int align) {
    room(align);
    while (out.position() % align != 0) {
      out.put((byte) 0);
    }
  }

  private void room(int bytes) {
    if (out.remaining() < bytes) {
      ByteBuffer larger =
          ByteBuffer.allocate(out.capacity() * 2 + bytes).order(ByteOrder.LITTLE_ENDIAN);
      out = larger.put(out.flip());
    }
  }
}
