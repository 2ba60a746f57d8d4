package io.airbox.hwtests.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TerminalTextTest {
  /**
   * As a console of systemd and readline sends it: colours, a title, character sets, bracketed
   * paste, UTF-8.
   */
  private static final String CHATTER =
      "\u001b[?2004h[\u001b[0;32m  OK  \u001b[0m] Reached target \u001b[0;1;39mGrüße…\u001b[0m.\r\r\n"
          + "\u001b]0;linaro@sophon: ~\u0007linaro@sophon:~$ \u001b(B\u001b]2;x\u001b\\10%\r20%\r\n\u0000\u0007";

  private static final String TEXT = "[  OK  ] Reached target Grüße….\nlinaro@sophon:~$ 10%\n20%\n";

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          a\\r\\nb,         a\\nb
          a\\r\\r\\nb,      a\\nb
          10%\\r20%,        10%\\n20%
          a\\tb,            a\\tb
          \\e[1;31mred\\e[m, red
          \\e]0;title\\ax,  x
          \\e(Bx,           x
          \\e[\\e[1mx,      x
          """)
  void keepsTheTextOnly(String raw, String expected) {
    assertThat(feed(new TerminalText(), controls(raw))).isEqualTo(controls(expected));
  }

  @Property
  void givesTheSameTextHoweverTheBytesAreCut(
      @ForAll @IntRange(max = 200) int first, @ForAll @IntRange(max = 200) int second) {
    byte[] bytes = CHATTER.getBytes(StandardCharsets.UTF_8);
    int one = Math.min(bytes.length, Math.min(first, second));
    int two = Math.min(bytes.length, Math.max(first, second));
    TerminalText terminal = new TerminalText();

    String text =
        feed(terminal, bytes, 0, one)
            + feed(terminal, bytes, one, two)
            + feed(terminal, bytes, two, bytes.length);

    assertThat(text).isEqualTo(TEXT);
  }

  @Property
  void noiseHidesOneLineAtMost(
      @ForAll @CharRange(from = '\u0000', to = '\u00ff') @Chars({'\u001b', '[', ']', 'P', '\\'})
          String noise) {
    TerminalText terminal = new TerminalText();
    feed(terminal, noise.getBytes(StandardCharsets.ISO_8859_1), 0, noise.length());

    assertThat(feed(terminal, "\nlogin: ")).endsWith("\nlogin: ");
  }

  private static String controls(String written) {
    return written
        .strip()
        .replace("\\r", "\r")
        .replace("\\n", "\n")
        .replace("\\t", "\t")
        .replace("\\e", "\u001b")
        .replace("\\a", "\u0007");
  }

  private static String feed(TerminalText terminal, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return feed(terminal, bytes, 0, bytes.length);
  }

  private static String feed(TerminalText terminal, byte[] bytes, int from, int to) {
    byte[] piece = Arrays.copyOfRange(bytes, from, to);
    return terminal.feed(piece, piece.length);
  }
}
