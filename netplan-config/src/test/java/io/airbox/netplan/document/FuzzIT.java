package io.airbox.netplan.document;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.netplan.NetplanException;
import io.airbox.netplan.Origin;
import io.airbox.netplan.check.Finding;
import io.airbox.netplan.document.NetplanFile.Folder;
import io.airbox.netplan.yaml.YamlDocument;
import io.airbox.netplan.yaml.YamlNode;
import io.airbox.netplan.yaml.YamlNode.Entry;
import io.airbox.netplan.yaml.YamlNode.Item;
import io.airbox.netplan.yaml.YamlNode.Mapping;
import io.airbox.netplan.yaml.YamlNode.Scalar;
import io.airbox.netplan.yaml.YamlNode.Sequence;
import io.airbox.netplan.yaml.YamlNode.Style;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** Ten thousand files with accidents and malice. */
final class FuzzIT {
  private static final String FILE = "a.yaml";

  @Property(tries = 10_000, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void everyFileIsReadOrRefusedWithAPlace(@ForAll long seed) {
    byte[] bytes = FuzzedDocuments.of(seed);
    byte[] before = bytes.clone();
    try {
      YamlDocument document = YamlDocument.read(FILE, bytes);
      assertThat(document.bytes()).isEqualTo(before);
      document.root().ifPresent(root -> check(document, root));
    } catch (NetplanException e) {
      assertThat(e.reason()).isEqualTo(NetplanException.Reason.INVALID_DOCUMENT);
      assertThat(e.origin()).isNotNull();
    }
    NetplanConfiguration configuration =
        NetplanConfiguration.of(
            List.of(
                new NetplanFile(Folder.ETC, FILE, bytes, false),
                new NetplanFile(Folder.RUN, "b.yaml", FuzzedDocuments.of(seed + 1), false)));
    for (Finding finding : configuration.check(Set.of("eth0"), Optional.of("eth0"))) {
      assertThat(finding.message()).isNotBlank();
      assertThat(finding.toString() + finding.path()).doesNotMatch("(?s).*\\p{Cntrl}.*");
      Origin origin = finding.origin();
      if (finding.code().equals("invalid-yaml")) {
        assertThat(origin).isNotNull();
      }
      if (origin != null) {
        assertThat(origin.line()).isPositive();
        assertThat(origin.column()).isPositive();
      }
    }
    configuration
        .places()
        .forEach((path, places) -> places.forEach(place -> assertThat(place.origin()).isNotNull()));
    assertThat(bytes).isEqualTo(before);
    assertThat(configuration.files().get(0).bytes()).isEqualTo(before);
  }

  /** Children lie within their parents, in order; plain text reads as it is written. */
  private static void check(YamlDocument document, YamlNode node) {
    String text = document.text();
    assertThat(node.span().end()).isLessThanOrEqualTo(text.length());
    if (node instanceof Scalar scalar) {
      String written = node.span().of(text);
      switch (scalar.style()) {
        case PLAIN -> {
          if (scalar.anchor() == null && scalar.tag() == null && !written.contains("\n")) {
            assertThat(written).isEqualTo(scalar.value());
          }
        }
        case SINGLE_QUOTED -> assertThat(written).endsWith("'");
        case DOUBLE_QUOTED -> assertThat(written).endsWith("\"");
        default -> assertThat(written).containsAnyOf("|", ">");
      }
      if (scalar.style() != Style.PLAIN && scalar.anchor() == null && scalar.tag() == null) {
        assertThat(written.charAt(0)).isIn('\'', '"', '|', '>');
      }
    }
    int last = node.span().start();
    if (node instanceof Mapping mapping) {
      for (Entry entry : mapping.entries()) {
        assertThat(node.span().contains(entry.span())).isTrue();
        assertThat(entry.key().span().start()).isGreaterThanOrEqualTo(last);
        assertThat(entry.value().span().start()).isGreaterThanOrEqualTo(entry.key().span().end());
        if (entry.colon() >= 0) {
          assertThat(text.charAt(entry.colon())).isEqualTo(':');
          assertThat(entry.colon()).isGreaterThanOrEqualTo(entry.key().span().end());
        }
        check(document, entry.key());
        check(document, entry.value());
        last = entry.span().end();
      }
      if (mapping.flow() && node.span().of(text).startsWith("{")) {
        assertThat(node.span().of(text)).endsWith("}");
      }
    } else if (node instanceof Sequence sequence) {
      for (Item item : sequence.items()) {
        assertThat(node.span().contains(item.span())).isTrue();
        assertThat(item.span().start()).isGreaterThanOrEqualTo(last);
        if (!sequence.flow()) {
          assertThat(text.charAt(item.dash())).isEqualTo('-');
        }
        check(document, item.value());
        last = item.span().end();
      }
      if (sequence.flow()) {
        assertThat(node.span().of(text)).endsWith("]");
      }
    }
  }
}
