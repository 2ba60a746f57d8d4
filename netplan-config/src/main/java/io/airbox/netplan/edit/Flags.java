package io.airbox.netplan.edit;

import io.airbox.netplan.yaml.YamlNode;
import io.airbox.netplan.yaml.YamlNode.Entry;
import io.airbox.netplan.yaml.YamlNode.Mapping;
import io.airbox.netplan.yaml.YamlNode.Scalar;
import java.util.Locale;
import java.util.Optional;

/** Words for yes and no that netplan takes. */
enum Flags {
  YES("yes", "no"),
  TRUE("true", "false"),
  ON("on", "off"),
  Y("y", "n");

  private final String affirmed;
  private final String denied;

  Flags(String affirmed, String denied) {
    this.affirmed = affirmed;
    this.denied = denied;
  }

  String word(boolean value) {
    return value ? affirmed : denied;
  }

  /** The word that goes with one of a file, in the same letters: {@code No} for {@code Yes}. */
  static Optional<String> like(String word, boolean value) {
    return of(word)
        .map(
            words -> {
              String plain = words.word(value);
              if (word.equals(word.toLowerCase(Locale.ROOT))) {
                return plain;
              }
              return word.length() > 1 && word.equals(word.toUpperCase(Locale.ROOT))
                  ? plain.toUpperCase(Locale.ROOT)
                  : plain.substring(0, 1).toUpperCase(Locale.ROOT) + plain.substring(1);
            });
  }

  /** The words that a file uses first; the factory's when it uses none. */
  static Flags usedIn(YamlNode node) {
    return first(node).orElse(YES);
  }

  private static Optional<Flags> first(YamlNode node) {
    if (node instanceof Scalar scalar) {
      // one letter may be anything
      return scalar.value().length() > 1 ? of(scalar.value()) : Optional.empty();
    }
    if (node instanceof Mapping mapping) {
      return mapping.entries().stream()
          .map(Entry::value)
          .map(Flags::first)
          .flatMap(Optional::stream)
          .findFirst();
    }
    return Optional.empty();
  }

  private static Optional<Flags> of(String word) {
    for (Flags words : values()) {
      if (words.affirmed.equalsIgnoreCase(word) || words.denied.equalsIgnoreCase(word)) {
        return Optional.of(words);
      }
    }
    return Optional.empty();
  }
}
