package io.airbox.power.history;

import io.airbox.power.Unit;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * The bytes of one file of the history: blocks, each with length (2 bytes), kind (1), content, and
 * CRC-32C (4) of all that, big endian. A file begins with a block of kind 1, {@code AIRBOXH1}. Kind
 * 2 gives the next number to a reading: unit and id, each with its length before it. Kind 3 is a
 * minute: its end in seconds since 1970, how many series, and for each its number, the mean in
 * steps of its unit's resolution, by how many steps the least is below it and the most above, and
 * the count of values. All numbers are LEB128, those that may be negative zigzagged.
 *
 * <p>One codec belongs to one file and goes through it from the beginning.
 */
final class SegmentCodec {
  private static final byte[] MAGIC = "AIRBOXH1".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER = 1;
  private static final int SERIES = 2;
  private static final int MINUTE = 3;

  private static final int FRAME = 7;
  private static final int MOST_CONTENT = 0xFFFF;
  private static final int MOST_SERIES = 256;
  private static final int VARINT_BITS = 7;

  private record Known(int number, String id, Unit unit) {}

  private final Map<String, Known> byId = new HashMap<>();
  private final List<Optional<Known>> byNumber = new ArrayList<>();

  /** What a file begins with. */
  static byte[] header() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    block(out, HEADER, MAGIC);
    return out.toByteArray();
  }

  /** The blocks of a minute, with those of ids that this file does not know yet. */
  byte[] encode(Minute minute) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Map<String, Series> sorted = new TreeMap<>(minute.series());
    Map<Known, Summary> kept = new LinkedHashMap<>();
    for (Map.Entry<String, Series> each : sorted.entrySet()) {
      Known known = byId.get(each.getKey());
      if (known == null && byNumber.size() < MOST_SERIES) {
        known = new Known(byNumber.size(), each.getKey(), each.getValue().unit());
        remember(known);
        block(out, SERIES, content(known));
      }
      if (known != null && known.unit() == each.getValue().unit()) {
        kept.put(known, each.getValue().summary());
      }
    }
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    signed(content, minute.end().getEpochSecond());
    unsigned(content, kept.size());
    for (Map.Entry<Known, Summary> each : kept.entrySet()) {
      Known known = each.getKey();
      Summary summary = each.getValue();
      double step = Resolution.of(known.unit());
      long mean = Math.round(summary.mean() / step);
      unsigned(content, known.number());
      signed(content, mean);
      unsigned(content, mean - Math.round(summary.least() / step));
      unsigned(content, Math.round(summary.most() / step) - mean);
      unsigned(content, summary.count());
    }
    block(out, MINUTE, content.toByteArray());
    return out.toByteArray();
  }

  private void remember(Known known) {
    byId.put(known.id(), known);
    byNumber.add(Optional.of(known));
  }

  private static byte[] content(Known known) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (String text : List.of(known.unit().id(), known.id())) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      unsigned(content, bytes.length);
      content.writeBytes(bytes);
    }
    return content.toByteArray();
  }

  private static void block(ByteArrayOutputStream out, int kind, byte[] content) {
    ByteBuffer block = ByteBuffer.allocate(FRAME + content.length);
    block.putShort((short) content.length).put((byte) kind).put(content);
    CRC32C crc = new CRC32C();
    crc.update(block.array(), 0, block.position());
    block.putInt((int) crc.getValue());
    out.writeBytes(block.array());
  }

  /**
   * What is whole at the beginning of a file.
   *
   * @param bytes how long that is; 0 when even the header is not whole
   */
  record Decoded(List<Minute> minutes, int bytes) {}

  /** Reads a file up to the first block that is not whole, which a power cut left or a bad disk. */
  Decoded decode(byte[] file) {
    List<Minute> minutes = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(file);
    int whole = 0;
    while (in.remaining() >= FRAME) {
      int start = in.position();
      int length = in.getShort() & MOST_CONTENT;
      int kind = in.get();
      if (in.remaining() < length + Integer.BYTES) {
        break;
      }
      byte[] content = new byte[length];
      in.get(content);
      CRC32C crc = new CRC32C();
      crc.update(file, start, in.position() - start);
      boolean intact = in.getInt() == (int) crc.getValue();
      if (!intact || (start == 0) != (kind == HEADER && Arrays.equals(content, MAGIC))) {
        break;
      }
      try {
        take(kind, ByteBuffer.wrap(content), minutes);
      } catch (BufferUnderflowException | IllegalArgumentException e) {
        break; // whole, but not ours
      }
      whole = in.position();
    }
    return new Decoded(minutes, whole);
  }

  private void take(int kind, ByteBuffer content, List<Minute> minutes) {
    if (kind == SERIES) {
      String unit = text(content);
      String id = text(content);
      Optional<Known> known =
          Arrays.stream(Unit.values())
              .filter(each -> each.id().equals(unit))
              .findFirst()
              .map(each -> new Known(byNumber.size(), id, each));
      known.ifPresent(each -> byId.put(id, each));
      byNumber.add(known);
    } else if (kind == MINUTE) {
      minutes.add(minute(content));
    }
  }

  private Minute minute(ByteBuffer content) {
    Instant end = Instant.ofEpochSecond(signed(content));
    long count = unsigned(content);
    Map<String, Series> series = new HashMap<>();
    for (long i = 0; i < count; i++) {
      long number = unsigned(content);
      long mean = signed(content);
      long least = mean - unsigned(content);
      long most = mean + unsigned(content);
      long values = unsigned(content);
      if (number < 0 || number >= byNumber.size()) {
        throw new IllegalArgumentException("number " + number + " was given to no reading");
      }
      byNumber
          .get((int) number)
          .ifPresent(
              known -> {
                double step = Resolution.of(known.unit());
                Summary summary = new Summary(least * step, mean * step, most * step, values);
                series.put(known.id(), new Series(known.unit(), summary));
              });
    }
    return new Minute(end, series);
  }

  private static String text(ByteBuffer content) {
    long length = unsigned(content);
    if (length < 0 || length > content.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[(int) length];
    content.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static void signed(ByteArrayOutputStream out, long value) {
    unsigned(out, (value << 1) ^ (value >> (Long.SIZE - 1)));
  }

  private static long signed(ByteBuffer in) {
    long value = unsigned(in);
    return (value >>> 1) ^ -(value & 1);
  }

  private static void unsigned(ByteArrayOutputStream out, long value) {
    long rest = value;
    while (rest >>> VARINT_BITS != 0) {
      out.write((int) (rest & 0x7F) | 0x80);
      rest >>>= VARINT_BITS;
    }
    out.write((int) rest);
  }

  private static long unsigned(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += VARINT_BITS) {
      byte part = in.get();
      value |= (long) (part & 0x7F) << shift;
      if (part >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number is longer than 64 bits");
  }
}
