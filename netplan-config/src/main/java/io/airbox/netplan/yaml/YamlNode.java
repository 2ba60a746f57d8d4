package io.airbox.netplan.yaml;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A value of a document with the place of its text. Immutable; a node has no link to the one above
 * it.
 *
 * <p>The span of a node starts with its properties ({@code &anchor}, {@code !tag}) and ends with
 * its last character: trailing blanks, comments and line ends behind it are not part of it. In a
 * block collection it ends with the last value in it.
 */
public sealed interface YamlNode {
  Span span();

  /** Name without {@code &}; null when the node has none. */
  @Nullable String anchor();

  /** The node itself, or what an alias stands for. */
  default YamlNode resolved() {
    return this;
  }

  /** How a scalar is written. */
  enum Style {
    PLAIN,
    SINGLE_QUOTED,
    DOUBLE_QUOTED,
    /** {@code |} */
    LITERAL,
    /** <code>&gt;</code> */
    FOLDED
  }

  /**
   * Text.
   *
   * @param value without quotes, escapes resolved, lines folded
   * @param style how it is written
   * @param tag as {@code !!str} in full; null when none is written
   */
  record Scalar(Span span, @Nullable String anchor, String value, Style style, @Nullable String tag)
      implements YamlNode {
    /** Whether it is written as nothing at all, {@code ~} or {@code null}. */
    public boolean isNull() {
      return style == Style.PLAIN
          && (value.isEmpty() || value.equals("~") || value.equalsIgnoreCase("null"));
    }
  }

  /**
   * A list.
   *
   * @param flow whether it is written in brackets
   */
  record Sequence(Span span, @Nullable String anchor, boolean flow, List<Item> items)
      implements YamlNode {
    public Sequence {
      items = List.copyOf(items);
    }
  }

  /**
   * One value of a list.
   *
   * @param dash index of its {@code -}; -1 in brackets
   */
  record Item(int dash, YamlNode value) {
    /** From the dash, if there is one, to the value's end. */
    public Span span() {
      return new Span(dash < 0 ? value.span().start() : dash, value.span().end());
    }
  }

  /**
   * Keys with values, in the text's order. A key may stand twice.
   *
   * @param flow whether it is written in braces
   */
  record Mapping(Span span, @Nullable String anchor, boolean flow, List<Entry> entries)
      implements YamlNode {
    public Mapping {
      entries = List.copyOf(entries);
    }

    /** The last entry with this key, which is the one that counts for a scalar. */
    public Optional<Entry> entry(String key) {
      Entry found = null;
      for (Entry entry : entries) {
        if (entry.name().equals(key)) {
          found = entry;
        }
      }
      return Optional.ofNullable(found);
    }

    /** The value of {@link #entry}, alias resolved. */
    public Optional<YamlNode> get(String key) {
      return entry(key).map(entry -> entry.value().resolved());
    }
  }

  /**
   * A key and its value.
   *
   * @param key always text; an alias for text counts
   * @param colon index of the {@code :} between them; -1 when there is none, as in {@code {key}}
   * @param value of an entry without one: empty plain text, right behind the colon
   * @param explicit whether the key has a {@code ?} before it
   */
  record Entry(YamlNode key, int colon, YamlNode value, boolean explicit) {
    /** The key's text. */
    public String name() {
      return key.resolved() instanceof Scalar scalar ? scalar.value() : "";
    }

    /** From the key's start (behind a {@code ?}) to the value's end. */
    public Span span() {
      return new Span(
          key.span().start(), Math.max(Math.max(key.span().end(), colon + 1), value.span().end()));
    }
  }

  /**
   * {@code *name}.
   *
   * @param name of the anchor
   * @param target what it stands for; its span is elsewhere
   */
  record Alias(Span span, String name, YamlNode target) implements YamlNode {
    @Override
    public @Nullable String anchor() {
      return null;
    }

    @Override
    public YamlNode resolved() {
      return target;
    }
  }
}
