package io.airbox.generation.image;

import io.airbox.generation.GenerationException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Writes PNG files (ISO/IEC 15948) with texts in them, and reads the texts back. {@link
 * PictureReader} reads the pixels.
 */
public final class Png {
  /** The most that is read of all texts of a file together, in bytes after decompression. */
  public static final int MAX_TEXT = 1 << 20;

  private static final int MAX_KEYWORD = 79;
  private static final int BYTES_PER_PIXEL = 3;
  private static final int FILTERS = 5;

  /** A third less time than zlib's 6 for a file that is 1 % larger. */
  private static final int COMPRESSION = 4;

  private Png() {}

  /**
   * Encodes a picture as 8-bit RGB.
   *
   * @param texts what to carry along, by keyword (1…79 characters of Latin-1); a text goes into a
   *     {@code tEXt} chunk, or {@code iTXt} when it is not Latin-1
   * @throws IllegalArgumentException if a keyword is empty, too long or not Latin-1, or a text
   *     holds the character NUL
   */
  public static byte[] encode(RgbImage image, Map<String, String> texts) {
    ByteArrayOutputStream png = new ByteArrayOutputStream(image.rgb().length / 2 + 1024);
    png.writeBytes(PngChunks.signature());
    ByteBuffer header = ByteBuffer.allocate(13);
    header.putInt(image.width()).putInt(image.height());
    header.put(new byte[] {8, 2, 0, 0, 0}); // bits, RGB, deflate, adaptive filters, not interlaced
    chunk(png, "IHDR", header.array(), header.capacity());
    texts.forEach((keyword, text) -> text(png, keyword, text));
    pixels(png, image);
    chunk(png, "IEND", new byte[0], 0);
    return png.toByteArray();
  }

  private static void text(ByteArrayOutputStream png, String keyword, String text) {
    if (keyword.isEmpty()
        || keyword.length() > MAX_KEYWORD
        || !fits(keyword)
        || keyword.indexOf(0) >= 0) {
      throw new IllegalArgumentException(
          "keyword must be 1…79 characters of Latin-1, was \"" + keyword + "\"");
    }
    if (text.indexOf(0) >= 0) {
      throw new IllegalArgumentException("the text of " + keyword + " holds the character NUL");
    }
    boolean latin = fits(text);
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    content.writeBytes(keyword.getBytes(StandardCharsets.ISO_8859_1));
    // a separator; in iTXt also: not compressed (flag, method), no language, no translated keyword
    content.writeBytes(new byte[latin ? 1 : 5]);
    content.writeBytes(text.getBytes(latin ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8));
    chunk(png, latin ? "tEXt" : "iTXt", content.toByteArray(), content.size());
  }

  private static boolean fits(String text) {
    return text.chars().allMatch(c -> c < 256);
  }

  private static void pixels(ByteArrayOutputStream png, RgbImage image) {
    int stride = image.width() * BYTES_PER_PIXEL;
    // a pixel of zeros stands left of every row
    byte[] above = new byte[BYTES_PER_PIXEL + stride];
    byte[] row = new byte[BYTES_PER_PIXEL + stride];
    byte[][] filtered = new byte[FILTERS][1 + stride];
    for (int filter = 0; filter < FILTERS; filter++) {
      filtered[filter][0] = (byte) filter;
    }
    byte[] block = new byte[1 << 16];
    Deflater deflater = new Deflater(COMPRESSION);
    try {
      for (int y = 0; y < image.height(); y++) {
        System.arraycopy(image.rgb(), y * stride, row, BYTES_PER_PIXEL, stride);
        filter(row, above, filtered);
        deflater.setInput(best(filtered));
        while (!deflater.needsInput()) {
          write(png, block, deflater);
        }
        byte[] swap = above;
        above = row;
        row = swap;
      }
      deflater.finish();
      while (!deflater.finished()) {
        write(png, block, deflater);
      }
    } finally {
      deflater.end();
    }
  }

  private static void write(ByteArrayOutputStream png, byte[] block, Deflater deflater) {
    int count = deflater.deflate(block);
    if (count > 0) {
      chunk(png, "IDAT", block, count);
    }
  }

  /** Every filter's version of a row: none, left, above, average, Paeth. */
  private static void filter(byte[] row, byte[] above, byte[][] filtered) {
    int stride = row.length - BYTES_PER_PIXEL;
    System.arraycopy(row, BYTES_PER_PIXEL, filtered[0], 1, stride);
    subtract(row, row, 0, filtered[1]);
    subtract(row, above, BYTES_PER_PIXEL, filtered[2]);
    byte[] average = filtered[3];
    byte[] paeth = filtered[4];
    for (int i = 0; i < stride; i++) {
      int value = row[BYTES_PER_PIXEL + i];
      int left = row[i] & 0xFF;
      int up = above[BYTES_PER_PIXEL + i] & 0xFF;
      average[1 + i] = (byte) (value - ((left + up) >> 1));
      paeth[1 + i] = (byte) (value - paeth(left, up, above[i] & 0xFF));
    }
  }

  private static void subtract(byte[] row, byte[] guess, int from, byte[] target) {
    for (int i = 0; i < target.length - 1; i++) {
      target[1 + i] = (byte) (row[BYTES_PER_PIXEL + i] - guess[from + i]);
    }
  }

  /** The version whose bytes, taken as signed, have the least sum of magnitudes. */
  private static byte[] best(byte[][] filtered) {
    byte[] best = filtered[0];
    int least = Integer.MAX_VALUE;
    for (byte[] candidate : filtered) {
      int sum = 0;
      for (int i = 1; i < candidate.length; i++) {
        sum += Math.abs(candidate[i]);
      }
      if (sum < least) {
        least = sum;
        best = candidate;
      }
    }
    return best;
  }

  private static int paeth(int left, int up, int corner) {
    int toLeft = Math.abs(up - corner);
    int toUp = Math.abs(left - corner);
    int toCorner = Math.abs(left + up - 2 * corner);
    if (toLeft <= toUp && toLeft <= toCorner) {
      return left;
    }
    return toUp <= toCorner ? up : corner;
  }

  private static void chunk(ByteArrayOutputStream png, String type, byte[] content, int length) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(content, 0, length);
    png.writeBytes(ByteBuffer.allocate(4).putInt(length).array());
    png.writeBytes(name);
    png.write(content, 0, length);
    png.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }

  /**
   * Reads the texts of a PNG file: {@code tEXt}, {@code zTXt} and {@code iTXt}.
   *
   * @return by keyword, in order; of several with one keyword the first
   * @throws GenerationException {@code INVALID_REQUEST} of {@code image} if it is no PNG, cut short
   *     or damaged, or its texts are longer than {@link #MAX_TEXT}
   */
  public static Map<String, String> texts(byte[] png) {
    if (!PngChunks.isPng(png)) {
      throw GenerationException.invalid("image", "the file is no PNG");
    }
    Map<String, String> texts = new LinkedHashMap<>();
    PngChunks chunks = new PngChunks(png);
    int room = MAX_TEXT;
    while (chunks.next()) {
      String type = chunks.type();
      if (type.equals("tEXt") || type.equals("zTXt") || type.equals("iTXt")) {
        room -= read(type, ByteBuffer.wrap(chunks.content()), room, texts);
      }
    }
    return texts;
  }

  /** Reads a text of at most {@code room} bytes; answers how many it has. */
  private static int read(String type, ByteBuffer content, int room, Map<String, String> texts) {
    String keyword = string(untilNul(content), StandardCharsets.ISO_8859_1);
    boolean compressed = false;
    if (type.equals("zTXt")) {
      compressed = true;
      requireDeflate(next(content));
    } else if (type.equals("iTXt")) {
      compressed = next(content) == 1;
      byte method = next(content);
      if (compressed) {
        requireDeflate(method);
      }
      untilNul(content); // language
      untilNul(content); // translated keyword
    }
    ByteBuffer text = compressed ? inflate(content, room) : content;
    int length = text.remaining();
    if (length > room) {
      throw tooLong();
    }
    Charset charset = type.equals("iTXt") ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
    texts.putIfAbsent(keyword, string(text, charset));
    return length;
  }

  private static byte next(ByteBuffer content) {
    if (!content.hasRemaining()) {
      throw PngChunks.damaged("a text chunk is cut short");
    }
    return content.get();
  }

  private static void requireDeflate(byte method) {
    if (method != 0) {
      throw PngChunks.damaged("a text is compressed with the unknown method " + method);
    }
  }

  private static ByteBuffer untilNul(ByteBuffer content) {
    ByteBuffer part = content.duplicate();
    while (next(content) != 0) {
      // on to the separator
    }
    return part.limit(content.position() - 1);
  }

  private static ByteBuffer inflate(ByteBuffer content, int room) {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(content);
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      byte[] block = new byte[1 << 13];
      while (!inflater.finished()) {
        int count = inflater.inflate(block);
        if (count == 0 && !inflater.finished()) {
          throw PngChunks.damaged("a compressed text is cut short");
        }
        text.write(block, 0, count);
        if (text.size() > room) {
          throw tooLong();
        }
      }
      return ByteBuffer.wrap(text.toByteArray());
    } catch (DataFormatException e) {
      throw PngChunks.damaged("a compressed text cannot be read (" + e.getMessage() + ")");
    } finally {
      inflater.end();
    }
  }

  private static String string(ByteBuffer bytes, Charset charset) {
    try {
      return charset.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw PngChunks.damaged("a text is not " + charset);
    }
  }

  private static GenerationException tooLong() {
    return GenerationException.invalid(
        "image", "the texts in the PNG are longer than " + MAX_TEXT + " bytes");
  }
}
