package io.airbox.daemon.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbox.daemon.access.AccessException.Reason;
import java.util.HexFormat;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PassphraseTest {
  private static final PassphraseCost CHEAP = new PassphraseCost(8, 1, 1);

  /** From the reference implementation's test.c: version 0x13, t = 2, m = 2^8 KiB, p = 1. */
  @Test
  void hashesAsTheReferenceImplementation() {
    assertThat(
            HexFormat.of()
                .formatHex(
                    PassphraseHash.compute(
                        "password".getBytes(UTF_8),
                        new PassphraseCost(256, 2, 1),
                        "somesalt".getBytes(UTF_8))))
        .isEqualTo("9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe");
  }

  @ParameterizedTest
  @CsvSource({
    "correct horse battery, correct horse battery, true",
    "correct horse battery, Correct horse battery, false",
    "Zwölf Boxkämpfer, Zwo\u0308lf Boxka\u0308mpfer, true",
    "ｆｕｌｌ ｗｉｄｔｈ ｏｎｅ, full width one, true",
    "eleven\u00a0words, eleven words, true",
    "ﬁne ﬂowers, fine flowers, true",
  })
  void isTheSameFromEveryKeyboard(String set, String typed, boolean same) {
    try (Passphrase chosen = Passphrase.chosen(set.toCharArray(), "passphrase");
        Passphrase again = Passphrase.typed(typed.toCharArray())) {
      assertThat(PassphraseHash.of(chosen, CHEAP, new Random(3)).matches(again)).isEqualTo(same);
    }
  }

  @Property(tries = 200)
  void takesOrRefusesAnyText(@ForAll @StringLength(max = 300) String text) {
    try (Passphrase chosen = Passphrase.chosen(text.toCharArray(), "passphrase");
        Passphrase again = Passphrase.typed(text.toCharArray())) {
      assertThat(again.bytes()).isEqualTo(chosen.bytes());
    } catch (AccessException refused) {
      assertThat(refused.reason()).isEqualTo(Reason.INVALID);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ninechars",
        "aaaaaaaaaaaa",
        "1234567890",
        "0987654321",
        "abcdefghijklm",
        "with a\nnew line",
        "half of \ud83d character",
        "a\u0308a\u0308a\u0308a\u0308",
      })
  void cannotBeShortOrEasyOrBroken(String text) {
    assertThatThrownBy(() -> Passphrase.chosen(text.toCharArray(), "passphrase"))
        .isInstanceOfSatisfying(
            AccessException.class,
            refused -> {
              assertThat(refused.reason()).isEqualTo(Reason.INVALID);
              assertThat(refused.field()).isEqualTo("passphrase");
            })
        .hasMessageNotContaining(text.isEmpty() ? "\0" : text);
  }

  @Test
  void countsCharactersAndNotBytes() {
    String face = "\ud83d\ude00\ud83d\ude01";

    Passphrase.chosen(face.repeat(128).toCharArray(), "passphrase").close();
    Passphrase.chosen(face.repeat(5).toCharArray(), "passphrase").close();
    assertThatThrownBy(() -> Passphrase.chosen((face.repeat(128) + "x").toCharArray(), "p"))
        .hasMessageContaining("at most 256");
    assertThatThrownBy(() -> Passphrase.chosen("ab".repeat(129).toCharArray(), "p"))
        .hasMessageContaining("has 258");
    // one character that becomes eighteen
    assertThatThrownBy(() -> Passphrase.chosen("\ufdfa".repeat(256).toCharArray(), "p"))
        .hasMessageContaining("4608");
  }

  @Test
  void isOverwrittenWhenClosed() {
    Passphrase passphrase = Passphrase.typed("correct horse".toCharArray());
    byte[] bytes = passphrase.bytes();

    passphrase.close();

    assertThat(bytes).containsOnly(0);
    assertThat(passphrase).hasToString("Passphrase");
  }

  @Test
  void ofTwoBoxesHaveDifferentHashes() {
    try (Passphrase passphrase = Passphrase.typed("correct horse".toCharArray())) {
      Random random = new Random(5);
      var one = StateFile.content();
      var other = StateFile.content();
      PassphraseHash.of(passphrase, CHEAP, random).write(one);
      PassphraseHash.of(passphrase, CHEAP, random).write(other);

      assertThat(one.get("hash")).isNotEqualTo(other.get("hash"));
    }
  }
}
