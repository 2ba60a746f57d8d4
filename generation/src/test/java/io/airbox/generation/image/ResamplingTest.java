package io.airbox.generation.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.ByteRange;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ResamplingTest {
  private static JsonNode pillow() throws IOException {
    try (InputStream in = ResamplingTest.class.getResourceAsStream("resampling.json")) {
      return new ObjectMapper().readTree(in);
    }
  }

  private static RgbImage image(JsonNode picture) {
    return new RgbImage(
        picture.get("width").asInt(),
        picture.get("height").asInt(),
        HexFormat.of().parseHex(picture.get("rgb").asText()));
  }

  @Test
  void resizesLikePillowToWithinTwoLevels() throws IOException {
    JsonNode pillow = pillow();
    RgbImage source = image(pillow.get("source"));
    for (JsonNode one : pillow.get("lanczos")) {
      RgbImage expected = image(one);
      RgbImage resized = Resampling.resize(source, expected.width(), expected.height());
      // Pillow also rounds, and would clamp, between its two passes
      for (int i = 0; i < expected.rgb().length; i++) {
        assertThat((expected.rgb()[i] & 0xFF) - (resized.rgb()[i] & 0xFF))
            .as("value %d of %s", i, expected)
            .isBetween(-2, 2);
      }
    }
  }

  @Test
  void averagesLikePillowToItsRounding() throws IOException {
    JsonNode pillow = pillow();
    RgbImage source = image(pillow.get("source"));
    for (JsonNode one : pillow.get("box")) {
      float[] means =
          Resampling.boxAverage(source, one.get("columns").asInt(), one.get("rows").asInt());
      byte[] expected = HexFormat.of().parseHex(one.get("rgb").asText());
      assertThat(means).hasSize(expected.length);
      for (int i = 0; i < means.length; i++) {
        assertThat(means[i]).isCloseTo(expected[i] & 0xFF, Offset.offset(0.51f));
      }
    }
  }

  @Test
  void averagesEveryPixelOnce() {
    byte[] rgb = new byte[4 * 4 * 3];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i / 3 * 10);
    }
    float[] means = Resampling.boxAverage(new RgbImage(4, 4, rgb), 2, 2);
    // pixels 0 1 4 5 | 2 3 6 7 | 8 9 12 13 | 10 11 14 15
    assertThat(means).containsExactly(25, 25, 25, 45, 45, 45, 105, 105, 105, 125, 125, 125);
  }

  @Test
  void sharesPixelsBetweenCells() {
    RgbImage three = new RgbImage(3, 1, new byte[] {0, 0, 0, 90, 90, 90, 30, 30, 30});
    assertThat(Resampling.boxAverage(three, 2, 1))
        .containsExactly(new float[] {30, 30, 30, 50, 50, 50}, Offset.offset(1e-4f));
  }

  @Property(tries = 50)
  void aFlatPictureStaysFlat(
      @ForAll @ByteRange(min = Byte.MIN_VALUE) byte level,
      @ForAll @IntRange(min = 1, max = 40) int width,
      @ForAll @IntRange(min = 1, max = 40) int height) {
    byte[] rgb = new byte[17 * 11 * 3];
    Arrays.fill(rgb, level);
    RgbImage resized = Resampling.resize(new RgbImage(17, 11, rgb), width, height);
    assertThat(resized.width()).isEqualTo(width);
    assertThat(resized.height()).isEqualTo(height);
    assertThat(resized.rgb()).containsOnly(level);
  }

  @Test
  void leavesAPictureOfThatSizeAlone() {
    RgbImage image = new RgbImage(1, 2, new byte[6]);
    assertThat(Resampling.resize(image, 1, 2)).isSameAs(image);
  }

  @Test
  void refusesSizesThatAreNone() {
    RgbImage image = new RgbImage(2, 2, new byte[12]);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Resampling.resize(image, 0, 5))
        .withMessage("size must be at least 1×1, was 0×5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Resampling.boxAverage(image, 3, 1))
        .withMessage("cells must be 1×1…2×2, were 3×1");
  }
}
