package io.airbox.netplan.edit;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A value to be written, and how every netplan's YAML reader takes it. */
sealed interface YamlValue {
  /** Text, a number or a word. */
  record Text(String text) implements YamlValue {}

  /** Yes or no; written in the file's own words. */
  record Flag(boolean value) implements YamlValue {}

  /** A list. */
  record Items(List<YamlValue> items) implements YamlValue {
    public Items {
      items = List.copyOf(items);
    }
  }

  /** Keys with values, in order. */
  record Keys(Map<String, YamlValue> entries) implements YamlValue {
    public Keys {
      entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }
  }

  /** Needs no quotes anywhere. A colon within a list ends libyaml 0.2.2's patience. */
  Pattern PLAIN = Pattern.compile("[A-Za-z0-9_/][A-Za-z0-9_./+-]*");

  /** Needs none behind a key on a line of its own. */
  Pattern PLAIN_ON_A_LINE = Pattern.compile("[A-Za-z0-9_/][A-Za-z0-9_./+:-]*[A-Za-z0-9_./+-]");

  /** In brackets and braces, on one line. */
  default String flow(Flags words) {
    if (this instanceof Text scalar) {
      return PLAIN.matcher(scalar.text()).matches() ? scalar.text() : quoted(scalar.text());
    }
    if (this instanceof Flag flag) {
      return words.word(flag.value());
    }
    if (this instanceof Items list) {
      return list.items().stream()
          .map(item -> item.flow(words))
          .collect(Collectors.joining(", ", "[", "]"));
    }
    return ((Keys) this)
        .entries().entrySet().stream()
            .map(e -> new Text(e.getKey()).flow(words) + ": " + e.getValue().flow(words))
            .collect(Collectors.joining(", ", "{", "}"));
  }

  /** What stands behind a key on a line of its own, if it is not {@link Keys} with entries. */
  default String line(Flags words) {
    return this instanceof Text scalar && PLAIN_ON_A_LINE.matcher(scalar.text()).matches()
        ? scalar.text()
        : flow(words);
  }

  /** In double quotes. */
  static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20) {
        out.append(String.format(Locale.ROOT, "\\x%02x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }
}
