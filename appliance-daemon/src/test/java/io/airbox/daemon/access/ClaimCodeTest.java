package io.airbox.daemon.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ClaimCodeTest {
  @Property
  void isKnownAgainHoweverPeopleTypeIt(@ForAll long seed, @ForAll long typing) {
    ClaimCode code = ClaimCode.random(new Random(seed));
    Random hand = new Random(typing);
    StringBuilder typed = new StringBuilder();
    for (char character : code.display().toCharArray()) {
      String choices =
          switch (character) {
            case '0' -> "0Oo";
            case '1' -> "1IiLl";
            case '-' -> "- –\t\u00a0";
            default -> character + String.valueOf(character).toLowerCase(Locale.ROOT);
          };
      typed.append(choices.charAt(hand.nextInt(choices.length())));
      if (hand.nextInt(4) == 0) {
        typed.append(' ');
      }
    }

    assertThat(ClaimCode.parse(typed.toString())).isPresent().get().matches(code::matches);
  }

  @Property
  void differsFromOthers(@ForAll long seed) {
    Random random = new Random(seed);
    ClaimCode code = ClaimCode.random(random);
    String other = ClaimCode.random(random).display();

    assertThat(ClaimCode.parse(other).orElseThrow().matches(code))
        .isEqualTo(other.equals(code.display()));
  }

  @Property
  void parsesAnythingWithoutFailing(@ForAll @StringLength(max = 80) String typed) {
    ClaimCode.parse(typed).ifPresent(code -> assertThat(code.display()).hasSize(9));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "----", "1234567", "123456789", "U2345678", "1234-567é", "12345678\0"})
  void refusesWhatIsNoCode(String typed) {
    assertThat(ClaimCode.parse(typed)).isEmpty();
  }

  @Test
  void refusesEndlessInputUnread() {
    assertThat(ClaimCode.parse(" ".repeat(1_000_000) + "12345678")).isEmpty();
  }

  @Test
  void doesNotShowItselfInLogs() {
    ClaimCode code = ClaimCode.random(new Random(1));

    assertThat(code.toString()).doesNotContain(code.display().substring(0, 4));
    assertThat(code.display()).matches("[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}");
  }
}
