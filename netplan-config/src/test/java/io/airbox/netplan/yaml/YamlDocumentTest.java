package io.airbox.netplan.yaml;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.airbox.netplan.NetplanException;
import io.airbox.netplan.Origin;
import io.airbox.netplan.check.Finding;
import io.airbox.netplan.yaml.YamlNode.Alias;
import io.airbox.netplan.yaml.YamlNode.Entry;
import io.airbox.netplan.yaml.YamlNode.Item;
import io.airbox.netplan.yaml.YamlNode.Mapping;
import io.airbox.netplan.yaml.YamlNode.Scalar;
import io.airbox.netplan.yaml.YamlNode.Sequence;
import io.airbox.netplan.yaml.YamlNode.Style;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class YamlDocumentTest {
  private static final String FILE = "a.yaml";

  @Test
  void knowsTheTextOfEveryNode() {
    String text =
        """
        # factory
        network:   # all
          version: 2
          "eth0" : {dhcp4: yes, b: [ 1, 'two' ] }  # port
          list:
          - one # first
          # between - dashes
          -   two

          nested:
            - - x
              - y
            - k: v
              l: >
                folded
                text

          none:
          last: "a\\tb"
        # end
        """;
    YamlDocument document = YamlDocument.read(FILE, text);
    assertThat(texts(document))
        .containsExactly(
            "network",
            "version",
            "2",
            "\"eth0\"",
            "dhcp4",
            "yes",
            "b",
            "1",
            "'two'",
            "[ 1, 'two' ]",
            "{dhcp4: yes, b: [ 1, 'two' ] }",
            "list",
            "one",
            "two",
            "- one # first\n  # between - dashes\n  -   two",
            "nested",
            "x",
            "y",
            "- x\n      - y",
            "k",
            "v",
            "l",
            ">\n        folded\n        text",
            "k: v\n      l: >\n        folded\n        text",
            "- - x\n      - y\n    - k: v\n      l: >\n        folded\n        text",
            "none",
            "",
            "last",
            "\"a\\tb\"",
            text.substring(text.indexOf("version"), text.indexOf("\n# end")),
            text.substring(text.indexOf("network"), text.indexOf("\n# end")));
    Mapping network = mapping(document, "network");
    Sequence list = (Sequence) network.get("list").orElseThrow();
    assertThat(list.items().stream().map(item -> item.span().of(text)))
        .containsExactly("- one", "-   two");
    Sequence nested = (Sequence) network.get("nested").orElseThrow();
    assertThat(nested.items().get(0).span().of(text)).isEqualTo("- - x\n      - y");
    assertThat(((Sequence) nested.items().get(0).value()).items().get(0).span().of(text))
        .isEqualTo("- x");
    assertThat(network.entry("eth0").orElseThrow().colon()).isEqualTo(text.indexOf(" : ") + 1);
    Entry none = network.entry("none").orElseThrow();
    assertThat(none.span().of(text)).isEqualTo("none:");
    assertThat(none.value().span().start()).isEqualTo(none.colon() + 1);
    assertThat(((Scalar) none.value()).isNull()).isTrue();
    assertThat(((Scalar) network.get("last").orElseThrow()).value()).isEqualTo("a\tb");
    assertThat(((Scalar) network.get("last").orElseThrow()).style()).isEqualTo(Style.DOUBLE_QUOTED);
    assertThat(document.origin(network.get("version").orElseThrow()))
        .isEqualTo(new Origin(FILE, 3, 12));
    assertThat(document.indentation(none.colon())).isEqualTo("  ");
    assertThat(document.lines(none.span()).of(text)).isEqualTo("  none:\n");
    assertThat(document.column(list.items().get(1).value().span().start())).isEqualTo(6);
    assertThat(document.findings()).isEmpty();
  }

  @Test
  void keepsByteOrderMarkLineEndsAndLettersOutsideTheBasicPlane() {
    byte[] bytes = "\ufeffnetwork: {a: \"😀\",\r\n b: é} # 😀\r\n".getBytes(UTF_8);
    YamlDocument document = YamlDocument.read(FILE, bytes);
    assertThat(document.bytes()).isEqualTo(bytes);
    assertThat(document.lineBreak()).isEqualTo("\r\n");
    Mapping network = mapping(document, "network");
    YamlNode e = network.get("b").orElseThrow();
    assertThat(e.span().of(document.text())).isEqualTo("é");
    assertThat(document.origin(e)).isEqualTo(new Origin(FILE, 2, 5));
    assertThat(document.origin(network)).isEqualTo(new Origin(FILE, 1, 10));
    YamlNode smile = network.get("a").orElseThrow();
    assertThat(smile.span().of(document.text())).isEqualTo("\"😀\"");
  }

  @Test
  void resolvesAliases() {
    YamlDocument document =
        YamlDocument.read(FILE, "a: &x {k: 1}\nb: *x\nc: &y !!str text\n*y : d\n");
    Mapping root = (Mapping) document.root().orElseThrow();
    assertThat(root.get("b")).isEqualTo(root.get("a"));
    Alias alias = (Alias) root.entry("b").orElseThrow().value();
    assertThat(alias.span().of(document.text())).isEqualTo("*x");
    assertThat(root.get("a").orElseThrow().anchor()).isEqualTo("x");
    assertThat(root.entry("c").orElseThrow().value().span().of(document.text()))
        .isEqualTo("&y !!str text");
    assertThat(root.entry("text")).isPresent();
  }

  @ParameterizedTest
  @CsvSource({"'',''", "'# nothing\n',''", "'---\n...\n',''", "'~','~'"})
  void takesAFileOfNothing(String text, String value) {
    assertThat(YamlDocument.read(FILE, text).root().map(root -> root.span().of(text)).orElse(""))
        .isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource({
    "'a:\t1 \t# c\t\n'",
    "'a: [1,\n\t2\t]\n'",
    "'a: \"x\n\ty\"\n'",
    "'a: |\n  x\n  \ty\n'",
    "'a: 1\n---\n\tb: 1\n'"
  })
  void takesTabsWhereNetplanDoes(String text) {
    assertThat(YamlDocument.read(FILE, text).root()).isPresent();
  }

  @Test
  void tellsOfDuplicateKeys() {
    YamlDocument document = YamlDocument.read(FILE, "a:\n  b: 1\n  'b': 2\n");
    assertThat(document.findings()).hasSize(1);
    Finding finding = document.findings().get(0);
    assertThat(finding.code()).isEqualTo("duplicate-key");
    assertThat(finding.origin()).isEqualTo(new Origin(FILE, 3, 3));
    assertThat(finding.message()).contains("line 2");
    assertThat(mapping(document, "a").get("b").orElseThrow())
        .isInstanceOfSatisfying(Scalar.class, b -> assertThat(b.value()).isEqualTo("2"));
  }

  @ParameterizedTest
  @CsvSource({"'a: 1\n---\nb: 2\n'", "'a: 1\n---\n\tb: [\n'", "'a: 1\n...\n%%%\n'"})
  void readsTheFirstDocumentAndTellsOfTheRest(String text) {
    YamlDocument document = YamlDocument.read(FILE, text);
    assertThat(((Mapping) document.root().orElseThrow()).entries()).hasSize(1);
    assertThat(document.findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.code()).isEqualTo("ignored-text");
              assertThat(finding.origin()).isNotNull();
              assertThat(finding.origin().line()).isBetween(2, 3);
            });
  }

  @ParameterizedTest
  @CsvSource({
    "'a:\n\tb: 1\n', 2, 1",
    "'a:\n   b: 1\n  c: 2\n', 3, 3",
    "'a: [1, 2\n', 2, 1",
    "'a: \"x\n', 2, 1",
    "'a: *nobody\n', 1, 4",
    "'a: &x [*x]\n', 1, 8",
    "'a: b\u0001\n', 1, 5",
    "'a:\n\t\n  b: 1\n', 2, 1",
    "'a: 1\n  \t# c\n', 2, 3",
    "'\t ', 1, 1",
    "'-\ta\n', 1, 2",
    "'? \ta\n: b\n', 1, 3",
    "'a: b\rc: d\n', 1, 5",
    "'a: b\u2028c: d\n', 1, 5",
    "'a: b\u0085c: d\n', 1, 5",
    "'[a]: b\n', 1, 1",
    "'version:2\nb: 1\n', 2, 2",
  })
  void saysWhereAFileIsNoYaml(String text, int line, int column) {
    NetplanException e = refused(text.getBytes(UTF_8));
    assertThat(e.origin()).isEqualTo(new Origin(FILE, line, column));
    assertThat(e).hasMessageStartingWith("a.yaml:" + line + ":" + column + ": ");
    assertThat(e.reason()).isEqualTo(NetplanException.Reason.INVALID_DOCUMENT);
  }

  @Test
  void refusesOtherEncodings() {
    assertThat(refused("a: 1\nb: é\n".getBytes(ISO_8859_1)).origin())
        .isEqualTo(new Origin(FILE, 2, 4));
    assertThat(refused("\ufeffa: 1\n".getBytes(UTF_16LE))).hasMessageContaining("0xff");
    // a code point of its own, made of two halves that UTF-8 must not hold
    assertThat(refused(new byte[] {'a', (byte) 0xed, (byte) 0xa0, (byte) 0x80}))
        .hasMessageContaining("not UTF-8");
  }

  @Test
  void refusesTooMuch() {
    byte[] large = new byte[YamlDocument.MOST_BYTES + 1];
    Arrays.fill(large, (byte) '#');
    assertThat(refused(large)).hasMessageContaining("bytes");
    assertThat(refused("[".repeat(100_000).getBytes(UTF_8))).hasMessageContaining("nested");
    assertThat(refused("- ".repeat(65).getBytes(UTF_8))).hasMessageContaining("nested");
    assertThat(refused("- a\n".repeat(YamlDocument.MOST_NODES).getBytes(UTF_8)))
        .hasMessageContaining("values");
    StringBuilder laughs = new StringBuilder("a0: &a0 [ha, ha]\n");
    for (int i = 1; i < 60; i++) {
      laughs.append("a" + i + ": &a" + i + " [*a" + (i - 1) + ", *a" + (i - 1) + "]\n");
    }
    assertThat(refused(laughs.toString().getBytes(UTF_8))).hasMessageContaining("aliases");
  }

  private static NetplanException refused(byte[] bytes) {
    NetplanException e =
        catchThrowableOfType(NetplanException.class, () -> YamlDocument.read(FILE, bytes));
    assertThat(e).isNotNull();
    return e;
  }

  private static Mapping mapping(YamlDocument document, String key) {
    return (Mapping) ((Mapping) document.root().orElseThrow()).get(key).orElseThrow();
  }

  /** The text of every node, inner ones first. */
  private static List<String> texts(YamlDocument document) {
    List<String> texts = new ArrayList<>();
    document.root().ifPresent(root -> collect(root, document.text(), texts));
    return texts;
  }

  private static void collect(YamlNode node, String text, List<String> texts) {
    if (node instanceof Mapping mapping) {
      for (Entry entry : mapping.entries()) {
        collect(entry.key(), text, texts);
        collect(entry.value(), text, texts);
      }
    } else if (node instanceof Sequence sequence) {
      for (Item item : sequence.items()) {
        collect(item.value(), text, texts);
      }
    }
    texts.add(node.span().of(text));
  }
}
