package io.airbox.generation.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.airbox.generation.GenerationException;
import io.airbox.generation.Infotext;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PngTest {
  private static byte[] fixture(String name) throws IOException {
    try (InputStream in = PngTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  private static RgbImage noisy(int width, int height, long seed) {
    byte[] rgb = new byte[3 * width * height];
    new Random(seed).nextBytes(rgb);
    return new RgbImage(width, height, rgb);
  }

  private static RgbImage smooth(int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    for (int i = 0; i < width * height; i++) {
      rgb[3 * i] = (byte) (i % width);
      rgb[3 * i + 1] = (byte) (i / width);
      rgb[3 * i + 2] = (byte) (i % width + i / width);
    }
    return new RgbImage(width, height, rgb);
  }

  private static ThrowableAssertAlternative<GenerationException> assertRefused(byte[] data) {
    return assertThatExceptionOfType(GenerationException.class)
        .isThrownBy(() -> PictureReader.read(data))
        .satisfies(e -> assertThat(e.field()).isEqualTo("image"));
  }

  @Test
  void deepColoursOfManyPixelsAreRefusedBeforeTheyAreDecoded() throws IOException {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    header.write(ByteBuffer.allocate(8).putInt(4096).putInt(4096).array());
    header.write(new byte[] {16, 6, 0, 0, 0});
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    png.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 26, '\n'});
    png.write(chunk("IHDR", header.toByteArray()));
    png.write(chunk("IDAT", new byte[0]));
    png.write(chunk("IEND", new byte[0]));

    assertRefused(png.toByteArray())
        .withMessageContaining("4096×4096 pixels of 64 bits")
        .withMessageContaining("8 bits per colour");
  }

  /** A chunk with a right checksum. */
  private static byte[] chunk(String type, byte[] content) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(content);
    return ByteBuffer.allocate(12 + content.length)
        .putInt(content.length)
        .put(name)
        .put(content)
        .putInt((int) crc.getValue())
        .array();
  }

  /** A PNG with chunks between header and pixels. */
  private static byte[] with(byte[]... chunks) {
    byte[] plain = Png.encode(noisy(2, 2, 1), Map.of());
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    png.write(plain, 0, 33);
    for (byte[] chunk : chunks) {
      png.writeBytes(chunk);
    }
    png.write(plain, 33, plain.length - 33);
    return png.toByteArray();
  }

  @Property(tries = 60)
  void whatIsWrittenReadsBack(
      @ForAll @IntRange(min = 1, max = 70) int width,
      @ForAll @IntRange(min = 1, max = 70) int height,
      @ForAll long seed,
      @ForAll boolean smooth) {
    RgbImage image = smooth ? smooth(width, height) : noisy(width, height, seed);
    assertThat(PictureReader.read(Png.encode(image, Map.of("Comment", "x")))).isEqualTo(image);
  }

  @Test
  void anotherProgramReadsWhatIsWritten() throws IOException {
    RgbImage image = smooth(300, 200);
    byte[] png = Png.encode(image, Map.of(Infotext.KEYWORD, "一只猫"));
    BufferedImage read = ImageIO.read(new ByteArrayInputStream(png));
    assertThat(read.getRGB(299, 199) & 0xFFFFFF)
        .isEqualTo((299 - 256) << 16 | 199 << 8 | 498 - 256);
    assertThat(png.length).as("filters make gradients small").isLessThan(4000);
  }

  @Property(tries = 200)
  void anyTextReadsBack(@ForAll @StringLength(max = 60) String text) {
    String clean =
        new String(text.replace("\0", "").getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    byte[] png = Png.encode(noisy(1, 1, 1), Map.of("parameters", clean));
    assertThat(Png.texts(png)).containsExactly(Map.entry("parameters", clean));
  }

  @Test
  void readsAllKindsOfTextOfAnotherProgram() throws IOException {
    assertThat(Png.texts(fixture("texts.png")))
        .containsExactly(
            Map.entry("parameters", "a cat\nSteps: 20, Sampler: Euler a, Seed: 1"),
            Map.entry("Comment", "squeezed ".repeat(40)),
            Map.entry("Title", "一只猫 🐱"),
            Map.entry("Long", "wörter ".repeat(40)));
  }

  @Test
  void refusesKeywordsAndTextsThatPngCannotHold() {
    RgbImage image = noisy(1, 1, 1);
    for (String keyword : new String[] {"", "x".repeat(80), "标题", "a\0b"}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Png.encode(image, Map.of(keyword, "text")))
          .withMessageStartingWith("keyword must be 1…79 characters of Latin-1");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Png.encode(image, Map.of("Comment", "a\0b")))
        .withMessage("the text of Comment holds the character NUL");
  }

  @Test
  void readsEveryColourTypeAsTheSamePixels() throws IOException {
    RgbImage texts = PictureReader.read(fixture("texts.png"));
    RgbImage grey = PictureReader.read(fixture("grey.png"));
    RgbImage palette = PictureReader.read(fixture("palette.png"));
    assertThat(palette.width()).isEqualTo(13);
    int red = texts.rgb()[0] & 0xFF;
    int green = texts.rgb()[1] & 0xFF;
    int blue = texts.rgb()[2] & 0xFF;
    // luminance of ITU-R 601 as Pillow rounds it: no gamma in between
    assertThat(grey.rgb()[0] & 0xFF)
        .isEqualTo((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16);
    assertThat(grey.rgb()[1]).isEqualTo(grey.rgb()[0]);
  }

  @Test
  void laysTransparentPartsOnWhite() throws IOException {
    RgbImage opaque = PictureReader.read(fixture("texts.png"));
    byte[] rgb = PictureReader.read(fixture("alpha.png")).rgb();
    assertThat(Arrays.copyOf(rgb, 3)).containsOnly((byte) 255);
    assertThat(Arrays.copyOfRange(rgb, rgb.length - 3, rgb.length))
        .containsExactly(Arrays.copyOfRange(opaque.rgb(), rgb.length - 3, rgb.length));
  }

  @Test
  void takesTheHighByteOf16Bits() throws IOException {
    byte[] rgb = PictureReader.read(fixture("grey16.png")).rgb();
    for (int i = 0; i < rgb.length / 3; i++) {
      assertThat(rgb[3 * i] & 0xFF).isEqualTo((i * 560) >> 8);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"smooth.jpg", "grey.jpg"})
  void readsJpeg(String name) throws IOException {
    RgbImage image = PictureReader.read(fixture(name));
    assertThat(image.width()).isEqualTo(32);
    assertThat(image.height()).isEqualTo(24);
    for (int x = 0; x < 32; x++) {
      assertThat((image.rgb()[3 * x] & 0xFF) - x * 255 / 31).isBetween(-4, 4);
    }
  }

  @Test
  void refusesJpegInCmyk() throws IOException {
    assertRefused(fixture("cmyk.jpg"))
        .withMessage("the JPEG is in CMYK colours; save it as RGB and try again");
  }

  @ParameterizedTest
  @ValueSource(strings = {"texts.png", "smooth.jpg"})
  void refusesEveryTruncation(String name) throws IOException {
    byte[] data = fixture(name);
    for (int length = 0; length < data.length - 2; length++) {
      assertRefused(Arrays.copyOf(data, length));
    }
  }

  @Property(tries = 300)
  void refusesAnyFlippedBitInAPng(@ForAll @IntRange(min = 0) int where) {
    byte[] png = Png.encode(noisy(5, 4, 3), Map.of("Comment", "some text"));
    int bit = where % (png.length * 8);
    png[bit / 8] ^= (byte) (1 << bit % 8);
    assertRefused(png);
  }

  @Property(tries = 300)
  void survivesAnyDamageToAJpeg(@ForAll long seed) throws IOException {
    byte[] data = fixture("smooth.jpg");
    Random random = new Random(seed);
    for (int i = 0; i < 5; i++) {
      data[random.nextInt(data.length)] = (byte) random.nextInt();
    }
    try {
      assertThat(PictureReader.read(data)).isNotNull();
    } catch (GenerationException e) {
      assertThat(e.field()).isEqualTo("image");
    }
  }

  @Test
  void refusesForeignFiles() {
    for (String text : new String[] {"", "GIF89a", "<svg/>", "BM"}) {
      assertRefused(text.getBytes(StandardCharsets.ISO_8859_1))
          .withMessage("the file is neither PNG nor JPEG");
    }
    assertThatExceptionOfType(GenerationException.class)
        .isThrownBy(() -> Png.texts(new byte[] {1, 2, 3}))
        .withMessage("the file is no PNG");
  }

  @Test
  void refusesHugePicturesBeforeDecodingThem() {
    byte[] header =
        ByteBuffer.allocate(13)
            .putInt(60_000)
            .putInt(60_000)
            .put(new byte[] {8, 2, 0, 0, 0})
            .array();
    byte[] plain = Png.encode(noisy(2, 2, 1), Map.of());
    byte[] bomb = plain.clone();
    System.arraycopy(chunk("IHDR", header), 0, bomb, 8, 25);
    assertRefused(bomb)
        .withMessage("the picture has 60000×60000 pixels; at most 16777216 (4096×4096) are read");
  }

  @Test
  void refusesTextsThatGrowWithoutEnd() throws IOException {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    content.writeBytes(new byte[] {'B', 'o', 'm', 'b', 0, 0});
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(content)) {
      deflater.write(new byte[Png.MAX_TEXT + 1]);
    }
    assertTextsRefused(with(chunk("zTXt", content.toByteArray())))
        .withMessage("the texts in the PNG are longer than 1048576 bytes");
  }

  @Test
  void refusesManyTextsThatGrowTooMuchTogether() throws IOException {
    byte[][] chunks = new byte[5][];
    for (int i = 0; i < chunks.length; i++) {
      // with one keyword too: what is not kept is inflated all the same
      chunks[i] = chunk("zTXt", inflatable(i < 2 ? "A" : "B" + i, Png.MAX_TEXT / 4));
    }
    assertThat(Png.texts(with(Arrays.copyOf(chunks, 4)))).containsOnlyKeys("A", "B2", "B3");
    assertTextsRefused(with(chunks))
        .withMessage("the texts in the PNG are longer than 1048576 bytes");
  }

  private static byte[] inflatable(String keyword, int length) throws IOException {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    content.writeBytes((keyword + "\0\0").getBytes(StandardCharsets.ISO_8859_1));
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(content)) {
      deflater.write(" ".repeat(length).getBytes(StandardCharsets.ISO_8859_1));
    }
    return content.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "zTXt:A\0",
        "zTXt:A\0\0",
        "zTXt:A\0\0xxxx",
        "zTXt:A\0\1",
        "tEXt:A",
        "iTXt:A\0\1\0",
        "iTXt:A\0\0\0en",
        "iTXt:A\0\0\0\0\0\u00ff",
        "iTXt:A\0\1\7\0\0"
      })
  void refusesMalformedTexts(String text) {
    byte[] content = text.substring(5).getBytes(StandardCharsets.ISO_8859_1);
    assertTextsRefused(with(chunk(text.substring(0, 4), content)))
        .withMessageStartingWith("the PNG is damaged: ");
  }

  @Test
  void keepsTheFirstOfTwoTextsWithOneKeyword() {
    byte[] png =
        with(
            chunk("tEXt", "A\0one".getBytes(StandardCharsets.US_ASCII)),
            chunk("tEXt", "A\0two".getBytes(StandardCharsets.US_ASCII)));
    assertThat(Png.texts(png)).containsExactly(Map.entry("A", "one"));
  }

  @Test
  void refusesChunksThatLieAboutTheirLength() {
    byte[] png = with();
    ByteBuffer.wrap(png).putInt(33, Integer.MAX_VALUE);
    assertTextsRefused(png)
        .withMessage("the PNG is damaged: a chunk at byte 33 is longer than the file");
    ByteBuffer.wrap(png).putInt(33, -1);
    assertTextsRefused(png);
  }

  private static ThrowableAssertAlternative<GenerationException> assertTextsRefused(byte[] png) {
    return assertThatExceptionOfType(GenerationException.class)
        .isThrownBy(() -> Png.texts(png))
        .satisfies(e -> assertThat(e.field()).isEqualTo("image"));
  }
}
