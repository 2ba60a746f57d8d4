package io.airbox.flasher.plan;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * What is in a gzip file (RFC 1952), looked at as U-Boot's {@code unzip} does: the first member
 * only. Its CRC and length, which U-Boot leaves alone, are checked as well.
 *
 * @param bytes how many bytes the first member unpacks to, as far as it can be unpacked
 * @param defect what is wrong with it; null when it is whole
 * @param trailing number of bytes behind the first member
 */
record GzipContent(long bytes, @Nullable String defect, long trailing) {
  private static final int BUFFER = 1 << 16;
  private static final int FLAG_HEADER_CRC = 2;
  private static final int FLAG_EXTRA = 4;
  private static final int FLAG_NAME = 8;
  private static final int FLAG_COMMENT = 16;
  private static final int TRAILER = 8;
  private static final String CUT = "it is cut off";

  /** More than any eMMC of a box holds; ends what unpacks without end. */
  private static final long MOST = 1L << 38;

  /**
   * Reads {@code in} to its end.
   *
   * @param out is given the unpacked bytes
   */
  static GzipContent read(InputStream in, OutputStream out) throws IOException {
    Reading reading = new Reading(in);
    String defect = reading.header();
    if (defect == null) {
      defect = reading.body(out);
    }
    return new GzipContent(reading.unpacked, defect, defect == null ? reading.rest() : 0);
  }

  /** One pass over a file. */
  private static final class Reading {
    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER];
    private int at;
    private int end;
    private long unpacked;

    Reading(InputStream in) {
      this.in = in;
    }

    private int next() throws IOException {
      if (at == end && !fill()) {
        return -1;
      }
      return buffer[at++] & 0xFF;
    }

    private boolean fill() throws IOException {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedIOException("reading was interrupted");
      }
      at = 0;
      end = Math.max(0, in.read(buffer, 0, BUFFER));
      return end > 0;
    }

    @Nullable String header() throws IOException {
      if (next() != 0x1F || next() != 0x8B || next() != 8) {
        return "it is not gzip";
      }
      int flags = next();
      boolean whole = flags >= 0 && skip(6);
      if (whole && (flags & FLAG_EXTRA) != 0) {
        int low = next();
        int high = next();
        whole = high >= 0 && skip(low | (high << 8));
      }
      for (int text : new int[] {FLAG_NAME, FLAG_COMMENT}) {
        if (whole && (flags & text) != 0) {
          int each = next();
          while (each > 0) {
            each = next();
          }
          whole = each == 0;
        }
      }
      if (whole && (flags & FLAG_HEADER_CRC) != 0) {
        whole = skip(2);
      }
      return whole ? null : CUT + " in its header";
    }

    private boolean skip(int count) throws IOException {
      for (int i = 0; i < count; i++) {
        if (next() < 0) {
          return false;
        }
      }
      return true;
    }

    @Nullable String body(OutputStream out) throws IOException {
      CRC32 crc = new CRC32();
      byte[] plain = new byte[BUFFER];
      Inflater inflater = new Inflater(true);
      try {
        while (!inflater.finished()) {
          if (inflater.needsInput()) {
            if (at == end && !fill()) {
              return CUT + " after " + unpacked + " unpacked bytes";
            }
            inflater.setInput(buffer, at, end - at);
            at = end;
          }
          int count = inflater.inflate(plain);
          if (inflater.needsDictionary()) {
            return "it needs a dictionary";
          }
          crc.update(plain, 0, count);
          out.write(plain, 0, count);
          unpacked += count;
          if (unpacked > MOST) {
            return "it unpacks to more than " + MOST + " bytes";
          }
        }
        at = end - inflater.getRemaining();
      } catch (DataFormatException e) {
        return "its data is damaged after " + unpacked + " unpacked bytes";
      } finally {
        inflater.end();
      }
      return trailer(crc);
    }

    private @Nullable String trailer(CRC32 crc) throws IOException {
      long value = 0;
      for (int i = 0; i < TRAILER; i++) {
        int each = next();
        if (each < 0) {
          return CUT + " in its last " + TRAILER + " bytes";
        }
        value |= (long) each << (8 * i);
      }
      if ((value & 0xFFFFFFFFL) != crc.getValue()) {
        return "its CRC is wrong";
      }
      return value >>> 32 == (unpacked & 0xFFFFFFFFL) ? null : "its length field is wrong";
    }

    long rest() throws IOException {
      long count = (long) end - at;
      while (fill()) {
        count += end;
      }
      return count;
    }
  }
}
