package io.airbox.netplan.plan;

import io.airbox.netplan.NetplanException;
import io.airbox.netplan.yaml.Span;
import io.airbox.netplan.yaml.YamlDocument;
import io.airbox.netplan.yaml.YamlNode;
import io.airbox.netplan.yaml.YamlNode.Mapping;
import io.airbox.netplan.yaml.YamlNode.Scalar;
import io.airbox.netplan.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Hides passwords and keys in what is shown to people and kept in histories. */
final class Secrets {
  static final String HIDDEN = "***";

  /** netplan's keys, beside all that end in {@code password}. */
  private static final Set<String> KEYS =
      Set.of("psk", "key", "keys", "private", "private-key", "shared", "sim-pin", "pin", "secret");

  /** The same where no YAML can be parsed: in comments, broken files, and networkd's own. */
  private static final Pattern LINE =
      Pattern.compile(
          "(?<![\\w-])(\"?(?:[\\w-]*password|psk|private|private-key|shared|sim-pin|pin|secret|key"
              + "|PrivateKey|PresharedKey|Password|InputKey|OutputKey|Key)\"?[ \\t]*[:=][ \\t]*)"
              + "(?![{\\[]|[|>]?[-+]?\\s*$)"
              + "(?:\"(?:[^\"\\\\\\n]|\\\\.)*\"|'[^'\\n]*'|[^,}\\n]+)",
          Pattern.MULTILINE);

  private Secrets() {}

  /** The same text with {@value #HIDDEN} for what is secret. */
  static String hidden(String text) {
    String shown = text;
    try {
      List<Span> spans = new ArrayList<>();
      YamlDocument.read("", text).root().ifPresent(root -> collect(root, false, spans));
      spans.sort(Comparator.comparingInt(Span::start).reversed());
      for (Span span : spans) {
        shown = shown.substring(0, span.start()) + HIDDEN + shown.substring(span.end());
      }
    } catch (NetplanException noYaml) {
      // the lines below are all that can be done
    }
    return LINE.matcher(shown).replaceAll("$1" + HIDDEN);
  }

  private static void collect(YamlNode node, boolean secret, List<Span> spans) {
    if (node instanceof Mapping mapping) {
      mapping
          .entries()
          .forEach(entry -> collect(entry.value(), secret || isSecret(entry.name()), spans));
    } else if (node instanceof Sequence sequence) {
      sequence.items().forEach(item -> collect(item.value(), secret, spans));
    } else if (secret && node instanceof Scalar && !node.span().isEmpty()) {
      spans.add(node.span());
    }
  }

  private static boolean isSecret(String key) {
    String name = key.toLowerCase(Locale.ROOT);
    return KEYS.contains(name) || name.endsWith("password");
  }
}
