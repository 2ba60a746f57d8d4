package io.airbox.flasher.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.flasher.source.Card;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ScriptImageTest {
  private static final byte[] WHOLE = Scripts.image("boot", "echo hello\n");

  @Test
  void readsWhatMkimageWrote() throws IOException {
    Map<String, byte[]> files = Card.files();
    for (String name : files.keySet()) {
      if (name.endsWith(".scr")) {
        ScriptImage image = ScriptImage.parse(files.get(name));
        String source = name.replace(".scr", ".cmd");
        assertThat(image.defect()).as(name).isNull();
        assertThat(image.name()).isEqualTo(name.replace(".scr", ""));
        assertThat(image.text())
            .isEqualTo(new String(files.get(source), StandardCharsets.ISO_8859_1));
        // and the test's own writer makes the same file
        assertThat(Scripts.image(image.name(), image.text())).isEqualTo(files.get(name));
      }
    }
  }

  @Test
  void saysWhatUBootWouldRefuse() {
    assertThat(defect(new byte[10])).isEqualTo("it has 10 bytes, fewer than a script's header");
    assertThat(defect(changed(0))).contains("magic number is 0x26051956");
    assertThat(defect(changed(40))).isEqualTo("the CRC of its header is wrong");
    assertThat(defect(changed(70))).isEqualTo("the CRC of its data is wrong");
    assertThat(defect(Arrays.copyOf(WHOLE, WHOLE.length - 1)))
        .isEqualTo("its header says 19 bytes of data, the file has 18");
    assertThat(defect(Scripts.image("boot", ""))).isEqualTo("its text has 0 of 0 bytes");
  }

  private static byte[] changed(int at) {
    byte[] image = WHOLE.clone();
    image[at] ^= 1;
    return image;
  }

  private static String defect(byte[] image) {
    return ScriptImage.parse(image).defect();
  }

  @Property(tries = 200)
  void noFlippedBitGoesUnnoticed(
      @ForAll @IntRange(max = 82) int at, @ForAll @IntRange(max = 7) int bit) {
    byte[] image = WHOLE.clone();
    image[at] ^= (byte) (1 << bit);
    assertThat(defect(image)).isNotNull();
  }
}
