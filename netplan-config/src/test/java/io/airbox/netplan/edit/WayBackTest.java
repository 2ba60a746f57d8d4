package io.airbox.netplan.edit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

final class WayBackTest {
  private static final String BASE = "a: 1\n# note\nb: 2\nc: 3\nd: 4\ne: 5\nf: 6\ng: 7\n";
  private static final String BODY = "a: 1\nb: 20\nc: 3\nd: 4\ne: 5\nf: 6\ng: 7\nh: 8\n";

  @Test
  void keepsWhatWasDisplacedBehindTheText() {
    String text = WayBack.attach(BODY, BASE, "\n");
    assertThat(text)
        .startsWith(BODY + "#airbox: changed by this appliance")
        .contains("#airbox|# note\n#airbox|b: 2\n");
    assertThat(text.substring(BODY.length()).lines()).allMatch(line -> line.startsWith("#airbox"));
    assertThat(WayBack.body(text)).isEqualTo(BODY);
    assertThat(WayBack.base(text)).isEqualTo(BASE);
  }

  @Test
  void remembersNothingOfAFileAsItWas() {
    assertThat(WayBack.attach(BASE, BASE, "\n")).isEqualTo(BASE);
    assertThat(WayBack.base(BASE)).isEqualTo(BASE);
    assertThat(WayBack.body(BASE)).isEqualTo(BASE);
  }

  @Test
  void keepsWhatSomebodyWroteElsewhereSince() {
    String text = WayBack.attach(BODY, BASE, "\n");
    assertThat(WayBack.base(text.replace("e: 5\n", "e: 5\n# mine\n")))
        .isEqualTo(BASE.replace("e: 5\n", "e: 5\n# mine\n"));
    assertThat(WayBack.base("# on top\n" + text)).isEqualTo("# on top\n" + BASE);
    assertThat(WayBack.base(text + "i: 9\n"))
        .isEqualTo(BASE.replace("b: 2", "b: 2") + "h: 8\ni: 9\n");
  }

  @Test
  void leavesAloneWhatSomebodyChangedSince() {
    String text = WayBack.attach(BODY, BASE, "\n").replace("b: 20", "b: 21");
    assertThat(WayBack.base(text)).isEqualTo(BODY.replace("b: 20", "b: 21").replace("h: 8\n", ""));
  }

  @Property(tries = 500)
  void returnsEveryTextByteForByte(@ForAll("texts") String base, @ForAll("texts") String body) {
    String text = WayBack.attach(body, base, "\n");
    assertThat(WayBack.base(text)).isEqualTo(base);
    assertThat(WayBack.base(WayBack.attach(body + "x", WayBack.base(text), "\r\n")))
        .isEqualTo(base);
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.of(
            List.of("a: 1\n", "a: 1\r\n", "# c\n", "\n", "  b:\n", "    - x\n", "z", "é: 😀\n"))
        .list()
        .ofMaxSize(12)
        .map(lines -> String.join("", lines));
  }
}
