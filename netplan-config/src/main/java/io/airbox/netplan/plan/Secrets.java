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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Hides passwords and keys in what is shown to people and kept in histories. */
final class Secrets {
  static final String HIDDEN = "***";

  /** netplan's keys, beside all that end in {@code password}. */
  private static final Set<String> KEYS =
      Set.of("psk", "key", "keys", "private", "private-key", "shared", "sim-pin", "pin", "secret");

  private static final String NAMES =
      "(?<![\\w-])\"?(?:[\\w-]*password|psk|keys?|private|private-key|shared|sim-pin|pin|secret"
          + "|PrivateKey|PresharedKey|Password|InputKey|OutputKey|Key)\"?[ \\t]*[:=]";

  /** The same where no YAML can be parsed: in comments, broken files, and networkd's own. */
  private static final Pattern ON_A_LINE =
      Pattern.compile(
          "("
              + NAMES
              + "[ \\t]*+)(?![{\\[]|\\*\\*\\*|[|>]?[-+\\d]*\\s*$)"
              + "(?:\"(?:[^\"\\\\\\n]|\\\\.)*\"|'[^'\\n]*'|[^,}\\n]+)",
          Pattern.MULTILINE);

  /** A key whose value stands on the next lines, farther in. */
  private static final Pattern KEY_ABOVE =
      Pattern.compile("(?:#\\S*)? *(?:- +)*" + NAMES + "[ \\t]*[|>]?[-+\\d]*\\s*");

  /** What makes a line a comment, and its indentation. */
  private static final Pattern PARTS = Pattern.compile("(#(?:airbox\\|)?)?( *)");

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
      shown = hiddenBelow(shown, true);
    } catch (NetplanException noYaml) {
      shown = hiddenBelow(shown, false);
    }
    return ON_A_LINE.matcher(shown).replaceAll("$1" + HIDDEN);
  }

  /** Hides the lines of values that begin on the line behind their key. */
  private static String hiddenBelow(String text, boolean commentsOnly) {
    StringBuilder out = new StringBuilder();
    int secretFrom = -1;
    for (String line : text.split("(?<=\n)", -1)) {
      String end = line.substring(line.stripTrailing().length());
      Matcher parts = PARTS.matcher(line);
      boolean looked = parts.lookingAt() && (!commentsOnly || line.startsWith("#"));
      boolean empty = parts.end() + end.length() >= line.length();
      if (looked && secretFrom >= 0 && (empty || parts.group(2).length() > secretFrom)) {
        out.append(empty ? line : parts.group() + HIDDEN + end);
      } else {
        secretFrom = looked && KEY_ABOVE.matcher(line).matches() ? parts.group(2).length() : -1;
        out.append(line);
      }
    }
    return out.toString();
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
