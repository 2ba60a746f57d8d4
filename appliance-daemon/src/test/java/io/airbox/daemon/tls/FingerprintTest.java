package io.airbox.daemon.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FingerprintTest {
  private static final String TEXT = "0A:" + "BC:".repeat(30) + "EF";

  @Test
  void isReadAsPeoplePasteIt() {
    Fingerprint fingerprint = new Fingerprint(TEXT);
    for (String pasted :
        new String[] {
          TEXT, TEXT.toLowerCase(Locale.ROOT), TEXT.replace(":", ""), " " + TEXT + "\n"
        }) {
      assertThat(Fingerprint.parse(pasted)).isEqualTo(fingerprint).hasToString(TEXT);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ":", "AB:CD", "AB:CD:GG", "0", "sha256//abc="})
  void refusesWhatIsNone(String text) {
    assertThatThrownBy(() -> Fingerprint.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("32 hexadecimal pairs");
  }
}
