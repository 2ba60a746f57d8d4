package io.airbox.generation.image;

import io.airbox.generation.GenerationException;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Reads pictures that people send: PNG and JPEG of any colour type, from memory. The size is
 * checked before any pixel is decoded, and nothing else in the file is looked at, so a small file
 * cannot ask for much memory. Transparent parts are laid on white.
 */
public final class PictureReader {
  /** The most pixels that a picture may have. */
  public static final int MAX_PIXELS = 4096 * 4096;

  /** The most bytes that its samples may take: {@link #MAX_PIXELS} with alpha, 8 bits each. */
  static final long MAX_BYTES = 4L * MAX_PIXELS;

  private PictureReader() {}

  /**
   * Decodes a picture.
   *
   * @param data a whole file
   * @throws GenerationException {@code INVALID_REQUEST} of {@code image} if it is neither PNG nor
   *     JPEG, has more than {@link #MAX_PIXELS} or too deep colours for so many, is cut short,
   *     damaged, or of a kind that cannot be read (CMYK)
   */
  public static RgbImage read(byte[] data) {
    String format = format(data);
    ImageReader reader = ImageIO.getImageReadersByFormatName(format).next();
    try (ImageInputStream stream =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(data))) {
      reader.setInput(stream, true, true);
      requireSize(reader.getWidth(0), reader.getHeight(0));
      requireDepth(reader);
      List<String> warnings = new ArrayList<>();
      reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
      BufferedImage image = reader.read(0);
      requireWhole(format, warnings);
      requireNoCmyk(format, image);
      return rgb(image);
    } catch (IOException | RuntimeException e) {
      if (e instanceof GenerationException known) {
        throw known;
      }
      // ImageIO answers damage with whatever its parser stumbles over
      throw new GenerationException(
          GenerationException.Reason.INVALID_REQUEST,
          "image",
          "the " + format + " cannot be read: " + e.getMessage(),
          e);
    } finally {
      reader.dispose();
    }
  }

  private static String format(byte[] data) {
    if (PngChunks.isPng(data)) {
      PngChunks chunks = new PngChunks(data);
      while (chunks.next()) {
        // checks every chunk, which ImageIO does not
      }
      return "PNG";
    }
    if (data.length > 2
        && data[0] == (byte) 0xFF
        && data[1] == (byte) 0xD8
        && data[2] == (byte) 0xFF) {
      return "JPEG";
    }
    throw GenerationException.invalid("image", "the file is neither PNG nor JPEG");
  }

  private static void requireSize(int width, int height) {
    if ((long) width * height > MAX_PIXELS) {
      throw GenerationException.invalid(
          "image",
          "the picture has "
              + width
              + "×"
              + height
              + " pixels; at most "
              + MAX_PIXELS
              + " (4096×4096) are read");
    }
  }

  /** Deep colours double the memory: the decoder keeps all samples as the file has them. */
  private static void requireDepth(ImageReader reader) throws IOException {
    ImageTypeSpecifier type = reader.getRawImageType(0);
    if (type == null) {
      return;
    }
    int bits = 0;
    for (int size : type.getSampleModel().getSampleSize()) {
      bits += size;
    }
    long bytes = (long) reader.getWidth(0) * reader.getHeight(0) * bits / 8;
    if (bytes > MAX_BYTES) {
      throw GenerationException.invalid(
          "image",
          "the picture has "
              + reader.getWidth(0)
              + "×"
              + reader.getHeight(0)
              + " pixels of "
              + bits
              + " bits, which is too much at once; save it with 8 bits per colour, or smaller");
    }
  }

  /** A JPEG that ends early is decoded with grey in place of the rest, and only a warning. */
  private static void requireWhole(String format, List<String> warnings) {
    for (String warning : warnings) {
      if (warning.contains("Missing EOI")) {
        throw GenerationException.invalid("image", "the " + format + " is cut short");
      }
    }
  }

  /** A JPEG of four channels is decoded with wrong colours. */
  private static void requireNoCmyk(String format, BufferedImage image) {
    if (format.equals("JPEG") && image.getRaster().getNumBands() == 4) {
      throw GenerationException.invalid(
          "image", "the JPEG is in CMYK colours; save it as RGB and try again");
    }
  }

  private static RgbImage rgb(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    byte[] rgb = new byte[3 * width * height];
    boolean grey =
        image.getColorModel().getNumColorComponents() == 1
            && !(image.getColorModel() instanceof IndexColorModel);
    int[] line = new int[width];
    for (int y = 0; y < height; y++) {
      if (grey) {
        greyLine(image, y, line);
      } else {
        image.getRGB(0, y, width, 1, line, 0, width);
      }
      int target = 3 * y * width;
      for (int argb : line) {
        int alpha = argb >>> 24;
        rgb[target++] = onWhite(argb >> 16, alpha);
        rgb[target++] = onWhite(argb >> 8, alpha);
        rgb[target++] = onWhite(argb, alpha);
      }
    }
    return new RgbImage(width, height, rgb);
  }

  /** Java takes grey samples for linear light and would brighten them; files mean sRGB levels. */
  private static void greyLine(BufferedImage image, int y, int[] line) {
    Raster raster = image.getRaster();
    int excess = image.getColorModel().getComponentSize(0) - 8;
    boolean alpha = image.getColorModel().hasAlpha();
    for (int x = 0; x < line.length; x++) {
      int level = raster.getSample(x, y, 0) >> excess;
      int opacity = alpha ? raster.getSample(x, y, 1) >> excess : 0xFF;
      line[x] = opacity << 24 | level << 16 | level << 8 | level;
    }
  }

  private static byte onWhite(int level, int alpha) {
    return (byte) (((level & 0xFF) * alpha + 255 * (255 - alpha) + 127) / 255);
  }
}
