package io.airbox.ota.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbox.ota.UpdateException;
import io.airbox.ota.UpdateException.Reason;
import java.nio.charset.StandardCharsets;
import java.security.spec.InvalidKeySpecException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeTest {
  private static final String TYPE = "text/plain";
  private static final byte[] BYTES = "as it is\n".getBytes(StandardCharsets.UTF_8);
  private static final SigningKey ANNE = SigningKey.generate();
  private static final SigningKey BEN = SigningKey.generate();

  /** The example of the DSSE protocol's text, "Test vectors". */
  @Test
  void encodesAsDsseSays() {
    assertThat(
            new String(
                Envelope.encoding(
                    "http://example.com/HelloWorld",
                    "hello world".getBytes(StandardCharsets.UTF_8)),
                StandardCharsets.UTF_8))
        .isEqualTo("DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  }

  /** RFC 8032, section 7.1, test 3. */
  @Test
  void verifiesTheRfcsVector() throws InvalidKeySpecException {
    VerificationKey key =
        VerificationKey.of(
            HexFormat.of()
                .parseHex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"));
    byte[] signature =
        HexFormat.of()
            .parseHex(
                "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                    + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a");

    assertThat(key.verifies(new byte[] {(byte) 0xaf, (byte) 0x82}, signature)).isTrue();
    assertThat(key.verifies(new byte[] {(byte) 0xaf, (byte) 0x83}, signature)).isFalse();
    assertThat(key.verifies(new byte[] {(byte) 0xaf, (byte) 0x82}, new byte[3])).isFalse();
  }

  @Test
  void goesThroughAFileUnchanged() {
    Envelope signed = Envelope.of(TYPE, BYTES).signedBy(ANNE).signedBy(BEN);

    Envelope read = Envelope.parse(signed.json());

    assertThat(verified(read, 2, ANNE, BEN)).isEqualTo(BYTES);
    assertThat(read.json()).isEqualTo(signed.json());
  }

  @Test
  void countsEachKeyOnce() {
    Envelope twice = Envelope.of(TYPE, BYTES).signedBy(ANNE).signedBy(ANNE);

    assertThat(verified(twice, 1, ANNE)).isEqualTo(BYTES);
    refused(Reason.TOO_FEW_SIGNATURES, () -> verified(twice, 2, ANNE, BEN));
    refused(Reason.TOO_FEW_SIGNATURES, () -> verified(twice, 2, ANNE, ANNE));
  }

  @Test
  void refusesKeysThatNobodyKnows() {
    refused(Reason.UNKNOWN_KEY, () -> verified(Envelope.of(TYPE, BYTES), 1, ANNE));
    refused(Reason.UNKNOWN_KEY, () -> verified(Envelope.of(TYPE, BYTES).signedBy(BEN), 1, ANNE));
  }

  @Test
  void doesNotTakeADocumentForOneOfAnotherKind() {
    Envelope other = Envelope.of("text/html", BYTES).signedBy(ANNE);
    String relabelled = new String(other.json(), StandardCharsets.UTF_8).replace("text/html", TYPE);

    refused(Reason.WRONG_TYPE, () -> verified(other, 1, ANNE));
    refused(
        Reason.BAD_SIGNATURE,
        () -> verified(Envelope.parse(relabelled.getBytes(StandardCharsets.UTF_8)), 1, ANNE));
  }

  @Test
  void noFlippedBitPasses() {
    byte[] json = Envelope.of(TYPE, BYTES).signedBy(ANNE).json();
    for (int i = 0; i < json.length; i++) {
      byte[] flipped = json.clone();
      flipped[i] ^= (byte) (1 << i % 8);
      try {
        assertThat(verified(Envelope.parse(flipped), 1, ANNE)).as("byte %d", i).isEqualTo(BYTES);
      } catch (UpdateException refused) {
        assertThat(refused.reason())
            .isIn(Reason.MALFORMED, Reason.WRONG_TYPE, Reason.UNKNOWN_KEY, Reason.BAD_SIGNATURE);
      }
    }
  }

  @Test
  void noTruncatedFilePasses() {
    byte[] json = Envelope.of(TYPE, BYTES).signedBy(ANNE).json();
    for (int length = 0; length < json.length; length++) {
      byte[] part = Arrays.copyOf(json, length);
      refused(Reason.MALFORMED, () -> Envelope.parse(part));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "[]",
        "{}",
        "{\"payload\":\"\",\"payloadType\":\"t\",\"signatures\":null}",
        "{\"payload\":\"!\",\"payloadType\":\"t\",\"signatures\":[]}",
        "{\"payload\":\"\",\"payload\":\"\",\"payloadType\":\"t\",\"signatures\":[]}",
        "{\"payload\":\"\",\"payloadType\":1,\"signatures\":[]}",
        "{\"payload\":\"\",\"payloadType\":\"t\",\"signatures\":[null]}",
        "{\"payload\":\"\",\"payloadType\":\"t\",\"signatures\":[{\"keyid\":\"a\"}]}",
        "{\"payload\":\"\",\"payloadType\":\"t\",\"signatures\":[],\"more\":1}",
        "{\"payload\":\"\",\"payloadType\":\"t\",\"signatures\":[]} {}"
      })
  void refusesWhatIsNoEnvelope(String text) {
    refused(Reason.MALFORMED, () -> Envelope.parse(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void refusesATooLongFileUnread() {
    assertThatThrownBy(() -> Envelope.parse(new byte[Envelope.LONGEST + 1]))
        .hasMessageContaining(String.valueOf(Envelope.LONGEST));
  }

  private static byte[] verified(Envelope envelope, int threshold, SigningKey... keys) {
    return envelope.verified(
        TYPE,
        List.of(keys).stream().map(SigningKey::verificationKey).toList(),
        threshold,
        "the keys of this test");
  }

  private static void refused(Reason reason, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            UpdateException.class,
            e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason));
  }
}
