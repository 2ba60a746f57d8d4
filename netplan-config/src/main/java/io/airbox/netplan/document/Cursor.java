package io.airbox.netplan.document;

import static io.airbox.netplan.NetplanException.quoted;

import io.airbox.netplan.NetplanException;
import io.airbox.netplan.Origin;
import io.airbox.netplan.check.Finding;
import io.airbox.netplan.yaml.YamlDocument;
import io.airbox.netplan.yaml.YamlNode;
import io.airbox.netplan.yaml.YamlNode.Alias;
import io.airbox.netplan.yaml.YamlNode.Entry;
import io.airbox.netplan.yaml.YamlNode.Item;
import io.airbox.netplan.yaml.YamlNode.Mapping;
import io.airbox.netplan.yaml.YamlNode.Scalar;
import io.airbox.netplan.yaml.YamlNode.Sequence;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A value that is being read, with its path. What has the wrong form becomes a finding, and the
 * reading goes on with the next value.
 */
final class Cursor {
  // strtoull of the digits, as netplan does
  private static final Pattern NUMBER = Pattern.compile("[ \\t]*\\+?0*(\\d{1,10})");

  private static final long UNSET = 0xffffffffL;

  private final Notes notes;
  private final String path;
  private final String name;
  private final Place place;

  private Cursor(Notes notes, String path, String name, Place place) {
    this.notes = notes;
    this.path = path;
    this.name = name;
    this.place = place;
  }

  /** The keys of a document; paths start below them. */
  static List<Cursor> of(Notes notes, YamlDocument document, Mapping root) {
    return root.entries().stream()
        .map(
            entry ->
                new Cursor(
                    notes,
                    "",
                    entry.name(),
                    new Place(
                        document, entry, null, isShared(entry.value(), root.anchor() != null))))
        .toList();
  }

  String path() {
    return path;
  }

  /** The key's name; of a list's value, the list's. */
  String name() {
    return name;
  }

  Place place() {
    return place;
  }

  YamlNode value() {
    return place.node().resolved();
  }

  /** The keys below, each noted; none and a finding when it is no mapping. */
  List<Cursor> entries() {
    if (value() instanceof Mapping mapping) {
      boolean shared = sharedBelow();
      return mapping.entries().stream().map(entry -> entry(entry, shared)).toList();
    }
    wrongForm("keys with values below it");
    return List.of();
  }

  /** The values of a list; none and a finding when it is none. */
  List<Cursor> items() {
    if (value() instanceof Sequence sequence) {
      boolean shared = sharedBelow();
      return sequence.items().stream().map(item -> item(item, shared)).toList();
    }
    wrongForm("a list");
    return List.of();
  }

  private Cursor item(Item item, boolean shared) {
    return new Cursor(
        notes, path, name, new Place(place.document(), null, item, isShared(item.value(), shared)));
  }

  private boolean sharedBelow() {
    return isShared(place.node(), place.shared());
  }

  private static boolean isShared(YamlNode node, boolean above) {
    return above || node instanceof Alias || node.anchor() != null;
  }

  private Cursor entry(Entry entry, boolean shared) {
    return new Cursor(
        notes,
        join(path, entry.name()),
        entry.name(),
        new Place(place.document(), entry, null, isShared(entry.value(), shared)));
  }

  /** The path of a key below; a key that could break a line of people's is put in quotes. */
  static String join(String path, String key) {
    String shown = key.chars().anyMatch(Character::isISOControl) ? quoted(key) : key;
    return path.isEmpty() ? shown : path + "." + shown;
  }

  /** Its text as it stands, without quotes; a finding when it is no text. */
  Optional<String> text() {
    if (value() instanceof Scalar scalar) {
      return Optional.of(scalar.value());
    }
    wrongForm("a single value");
    return Optional.empty();
  }

  /** Its text turned into a value; what the function refuses becomes a finding. */
  <T> Optional<T> read(Function<String, T> parse) {
    return text().flatMap(text -> attempt(() -> parse.apply(text)));
  }

  /** What reads a value and may refuse it. */
  interface Attempt<T> {
    /**
     * @throws NetplanException {@code INVALID_VALUE}
     */
    T make();
  }

  /** The value, or a finding here. */
  <T> Optional<T> attempt(Attempt<T> attempt) {
    try {
      return Optional.of(attempt.make());
    } catch (NetplanException e) {
      error("invalid-value", String.valueOf(e.getMessage()), "correct it");
      return Optional.empty();
    }
  }

  /** {@link #read}, handed to {@code use} and noted, when there is a value. */
  <T> void take(Function<String, T> parse, Consumer<T> use) {
    read(parse)
        .ifPresent(
            value -> {
              use.accept(value);
              note();
            });
  }

  /** A truth value in any spelling of YAML 1.1, in quotes or not, as netplan takes them. */
  static Boolean flag(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "on", "yes", "y" -> true;
      case "false", "off", "no", "n" -> false;
      default ->
          throw NetplanException.invalid("value", quoted(text) + " is neither true nor false");
    };
  }

  /** A whole number of 0 to 4294967295. */
  static long number(String text) {
    Matcher digits = NUMBER.matcher(text);
    long value = digits.matches() ? Long.parseLong(digits.group(1)) : Long.MAX_VALUE;
    if (value > 0xffffffffL) {
      throw NetplanException.invalid(
          "value", quoted(text) + " is no whole number up to 4294967295");
    }
    return value;
  }

  /** A metric that was read; null for the number that netplan takes for "not set". */
  @Nullable Long metric(long value) {
    if (value == UNSET) {
      warning(
          "metric-vanishes",
          "netplan takes metric 4294967295 for \"not set\"",
          "use a number below it, or delete it");
      return null;
    }
    return value;
  }

  /** Writes down that this is what the path's setting comes from. */
  void note() {
    notes.place(path, place);
  }

  /** The same under another path, for what only counts after reading can name. */
  void note(String as) {
    notes.place(as, place);
  }

  /** Writes down that the settings have no room for it. */
  void keep() {
    keep(path);
  }

  void keep(String as) {
    notes.kept.put(as, place.origin());
  }

  void error(String code, String message, String advice) {
    notes.findings.add(Finding.error(code, path, message, advice).at(origin()));
  }

  void warning(String code, String message, String advice) {
    notes.findings.add(Finding.warning(code, path, message, advice).at(origin()));
  }

  private Origin origin() {
    return place.origin();
  }

  private void wrongForm(String expected) {
    error(
        "wrong-form",
        quoted(name) + " must be " + expected,
        "look at the indentation, or delete the key");
  }

  @Override
  public String toString() {
    return origin() + " " + path;
  }
}
