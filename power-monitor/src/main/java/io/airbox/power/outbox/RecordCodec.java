package io.airbox.power.outbox;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.function.ObjLongConsumer;
import java.util.zip.CRC32C;

/**
 * A file of entries: eight bytes {@code AIRBOXO1}, then for each its length, the CRC-32C of what
 * follows, and what follows: {@code P}, number, milliseconds, id, kind and content of a record, or
 * {@code D} and the number of one that has arrived. Numbers are big-endian.
 */
final class RecordCodec {
  static final int FRAME = 8;
  private static final byte[] HEADER = "AIRBOXO1".getBytes(StandardCharsets.US_ASCII);
  private static final int MOST_ENTRY = OutboxRecord.MOST_BYTES + 2048;
  private static final int PUT = 'P';
  private static final int DONE = 'D';

  private RecordCodec() {}

  /** What a file holds, one by one. */
  sealed interface Entry {
    long number();
  }

  /** A record. */
  record Put(long number, OutboxRecord content) implements Entry {}

  /** One that has arrived. */
  record Done(long number) implements Entry {}

  static byte[] header() {
    return HEADER.clone();
  }

  static byte[] encode(List<? extends Entry> entries) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (Entry entry : entries) {
      byte[] body = body(entry);
      CRC32C sum = new CRC32C();
      sum.update(body);
      bytes.writeBytes(
          ByteBuffer.allocate(FRAME).putInt(body.length).putInt((int) sum.getValue()).array());
      bytes.writeBytes(body);
    }
    return bytes.toByteArray();
  }

  private static byte[] body(Entry entry) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      if (entry instanceof Put put) {
        out.writeByte(PUT);
        out.writeLong(put.number());
        out.writeLong(put.content().at().toEpochMilli());
        out.writeUTF(put.content().id());
        out.writeUTF(put.content().kind());
        out.write(put.content().content());
      } else {
        out.writeByte(DONE);
        out.writeLong(entry.number());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("memory takes every byte", e);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads as far as a file is whole.
   *
   * @param each takes the entries, with the places where they begin
   * @return how many bytes are whole; 0 when not even the header is
   */
  static int decode(byte[] content, Priority priority, ObjLongConsumer<Entry> each) {
    if (content.length < HEADER.length
        || !ByteBuffer.wrap(content, 0, HEADER.length).equals(ByteBuffer.wrap(HEADER))) {
      return 0;
    }
    int place = HEADER.length;
    while (place + FRAME <= content.length) {
      ByteBuffer frame = ByteBuffer.wrap(content, place, FRAME);
      int length = frame.getInt();
      int sum = frame.getInt();
      if (length < 1 || length > MOST_ENTRY || length > content.length - place - FRAME) {
        return place;
      }
      CRC32C actual = new CRC32C();
      actual.update(content, place + FRAME, length);
      if ((int) actual.getValue() != sum) {
        return place;
      }
      each.accept(entry(content, place + FRAME, length, priority), place);
      place += FRAME + length;
    }
    return place;
  }

  private static Entry entry(byte[] content, int from, int length, Priority priority) {
    try (DataInputStream in =
        new DataInputStream(new ByteArrayInputStream(content, from, length))) {
      int type = in.readUnsignedByte();
      long number = in.readLong();
      if (type != PUT) {
        return new Done(number);
      }
      Instant at = Instant.ofEpochMilli(in.readLong());
      String id = in.readUTF();
      String kind = in.readUTF();
      return new Put(number, new OutboxRecord(id, priority, kind, at, in.readAllBytes()));
    } catch (IOException e) {
      throw new UncheckedIOException("an entry with a right sum is one of ours", e);
    }
  }
}
