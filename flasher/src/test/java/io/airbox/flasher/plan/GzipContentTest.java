package io.airbox.flasher.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class GzipContentTest {
  private static final byte[] PLAIN = plain();
  private static final byte[] WHOLE = gzip(PLAIN);

  private static byte[] plain() {
    byte[] plain = new byte[200_000];
    new Random(1).nextBytes(plain);
    Arrays.fill(plain, 50_000, 150_000, (byte) 7);
    return plain;
  }

  private static byte[] gzip(byte[] plain) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(plain);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  private static GzipContent read(byte[] file, ByteArrayOutputStream out) {
    try {
      return GzipContent.read(new ByteArrayInputStream(file), out);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static GzipContent read(byte[] file) {
    return read(file, new ByteArrayOutputStream());
  }

  @Test
  void unpacksTheFirstMemberAndCountsWhatIsBehindIt() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(read(WHOLE, out)).isEqualTo(new GzipContent(PLAIN.length, null, 0));
    assertThat(out.toByteArray()).isEqualTo(PLAIN);

    byte[] two = Arrays.copyOf(WHOLE, WHOLE.length * 2);
    System.arraycopy(WHOLE, 0, two, WHOLE.length, WHOLE.length);
    assertThat(read(two)).isEqualTo(new GzipContent(PLAIN.length, null, WHOLE.length));
  }

  @Test
  void readsTheOptionalFieldsOfTheHeader() {
    byte[] named = new byte[WHOLE.length + 4 + 3 + 2 + 2];
    System.arraycopy(WHOLE, 0, named, 0, 10);
    named[3] = 2 | 4 | 8 | 16;
    System.arraycopy(new byte[] {2, 0, 9, 9, 'a', 'b', 0, 'c', 0, 1, 1}, 0, named, 10, 11);
    System.arraycopy(WHOLE, 10, named, 21, WHOLE.length - 10);
    assertThat(read(named).defect()).isNull();
  }

  @Test
  void saysWhereItIsDamaged() {
    byte[] crc = WHOLE.clone();
    crc[crc.length - 8] ^= 1;
    assertThat(read(crc).defect()).isEqualTo("its CRC is wrong");
    byte[] length = WHOLE.clone();
    length[length.length - 1] ^= 1;
    assertThat(read(length).defect()).isEqualTo("its length field is wrong");
    assertThat(read(Arrays.copyOf(WHOLE, WHOLE.length - 5)).defect())
        .isEqualTo("it is cut off in its last 8 bytes");
    assertThat(read(Arrays.copyOf(WHOLE, 5)).defect()).isEqualTo("it is cut off in its header");
    assertThat(read(Arrays.copyOf(WHOLE, WHOLE.length / 2)).defect())
        .startsWith("it is cut off after ");
    assertThat(read(new byte[100]).defect()).isEqualTo("it is not gzip");
  }

  @Property(tries = 300)
  void noFlippedBitChangesWhatIsUnpackedUnnoticed(
      @ForAll Random random, @ForAll @IntRange(max = 7) int bit) {
    byte[] damaged = WHOLE.clone();
    int at = 10 + random.nextInt(damaged.length - 10);
    damaged[at] ^= (byte) (1 << bit);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    // bits that pad the last byte of a deflate block mean nothing
    if (read(damaged, out).defect() == null) {
      assertThat(out.toByteArray()).as("byte %d", at).isEqualTo(PLAIN);
    }
  }
}
