package io.airbox.flasher.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.security.MessageDigest;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReadAheadTest {
  private static final byte[] BYTES = new byte[3_000_001];

  static {
    new Random(1).nextBytes(BYTES);
  }

  private final ReadAhead ahead = new ReadAhead();

  @AfterEach
  void end() {
    ahead.close();
  }

  private static MessageDigest md5() throws Exception {
    return MessageDigest.getInstance("MD5");
  }

  private void aWholeFileStillComes(long told) throws Exception {
    MessageDigest md5 = md5();
    ByteArrayOutputStream copy = new ByteArrayOutputStream();
    try (InputStream in = ahead.of(new ByteArrayInputStream(BYTES), told, md5, copy)) {
      assertThat(in.readAllBytes()).isEqualTo(BYTES);
      assertThat(in.read()).isEqualTo(-1);
    }
    assertThat(copy.toByteArray()).isEqualTo(BYTES);
    assertThat(md5.digest()).isEqualTo(md5().digest(BYTES));
  }

  @Test
  void filesComeWholeOneAfterTheOther() throws Exception {
    aWholeFileStillComes(BYTES.length);
    aWholeFileStillComes(-1);
    aWholeFileStillComes(1);
  }

  @Test
  void whoeverHasEnoughEndsTheReading() throws Exception {
    try (InputStream in =
        ahead.of(
            new ByteArrayInputStream(BYTES),
            BYTES.length,
            md5(),
            OutputStream.nullOutputStream())) {
      assertThat(in.read()).isEqualTo(BYTES[0] & 0xFF);
    }
    aWholeFileStillComes(BYTES.length);
  }

  @Test
  void aFailureOfReadingOrWritingComesToWhoeverAsks() throws Exception {
    InputStream broken =
        new SequenceInputStream(
            new ByteArrayInputStream(BYTES),
            new InputStream() {
              @Override
              public int read() throws IOException {
                throw new IOException("the card is gone");
              }
            });
    try (InputStream in =
        ahead.of(broken, BYTES.length + 1L, md5(), OutputStream.nullOutputStream())) {
      assertThatThrownBy(in::readAllBytes).hasMessage("the card is gone");
    }
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int value) {
            throw new IllegalStateException("the card is full");
          }
        };
    try (InputStream in = ahead.of(new ByteArrayInputStream(BYTES), BYTES.length, md5(), full)) {
      assertThatThrownBy(in::readAllBytes).hasMessage("the card is full");
    }
    aWholeFileStillComes(BYTES.length);
  }

  @Test
  void anInterruptedReaderIsToldAndTheOtherThreadLetsGo() throws Exception {
    try (InputStream in =
        ahead.of(
            new ByteArrayInputStream(BYTES),
            BYTES.length,
            md5(),
            OutputStream.nullOutputStream())) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(in::readAllBytes).isInstanceOf(InterruptedIOException.class);
    }
    assertThat(Thread.interrupted()).isTrue();
    aWholeFileStillComes(BYTES.length);
  }
}
