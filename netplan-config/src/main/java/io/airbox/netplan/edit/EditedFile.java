package io.airbox.netplan.edit;

import io.airbox.netplan.NetplanException;
import io.airbox.netplan.document.NetplanFile;
import io.airbox.netplan.edit.YamlValue.Flag;
import io.airbox.netplan.edit.YamlValue.Items;
import io.airbox.netplan.edit.YamlValue.Keys;
import io.airbox.netplan.edit.YamlValue.Text;
import io.airbox.netplan.yaml.Span;
import io.airbox.netplan.yaml.YamlDocument;
import io.airbox.netplan.yaml.YamlNode;
import io.airbox.netplan.yaml.YamlNode.Alias;
import io.airbox.netplan.yaml.YamlNode.Entry;
import io.airbox.netplan.yaml.YamlNode.Item;
import io.airbox.netplan.yaml.YamlNode.Mapping;
import io.airbox.netplan.yaml.YamlNode.Scalar;
import io.airbox.netplan.yaml.YamlNode.Sequence;
import io.airbox.netplan.yaml.YamlNode.Style;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One file under edit. Each edit changes the least text and reads it again, so that the next one
 * works on true places. Not thread-safe.
 *
 * <p>A path is a list of keys from the root. Where a key stands twice, the last one is meant.
 */
final class EditedFile {
  private static final int USUAL_STEP = 2;

  private final NetplanFile.Folder folder;
  private YamlDocument document;

  EditedFile(NetplanFile.Folder folder, YamlDocument document) {
    this.folder = folder;
    this.document = document;
  }

  NetplanFile.Folder folder() {
    return folder;
  }

  String name() {
    return document.file();
  }

  String text() {
    return document.text();
  }

  /** The entries of a path, those of keys that stand twice included, in the text's order. */
  List<Entry> entries(List<String> path) {
    List<Entry> found = new ArrayList<>();
    document.root().ifPresent(root -> collect(root, path, found));
    return found;
  }

  private static void collect(YamlNode node, List<String> path, List<Entry> found) {
    if (!path.isEmpty() && node.resolved() instanceof Mapping mapping) {
      for (Entry entry : mapping.entries()) {
        if (entry.name().equals(path.get(0))) {
          if (path.size() == 1) {
            found.add(entry);
          } else {
            collect(entry.value(), path.subList(1, path.size()), found);
          }
        }
      }
    }
  }

  boolean has(List<String> path) {
    return !entries(path).isEmpty();
  }

  /** Gives a path this value, in the style of the one it has. */
  void set(List<String> path, YamlValue value) {
    int known = path.size();
    while (known > 0 && !has(path.subList(0, known))) {
      known--;
    }
    if (known == path.size()) {
      replace(path, value);
      return;
    }
    YamlValue inner = value;
    for (int i = path.size() - 1; i > known; i--) {
      inner = new Keys(Map.of(path.get(i), inner));
    }
    insert(path.subList(0, known), path.get(known), inner);
  }

  private void replace(List<String> path, YamlValue value) {
    own(path, true);
    Entry entry = last(entries(path));
    if (!(entry.value() instanceof Scalar old)) {
      edit(new Span(entry.colon() + 1, entry.value().span().end()), " " + value.flow(words()));
    } else if (old.span().isEmpty()) {
      fill(entry, value);
    } else {
      edit(old.span(), like(old, value));
    }
  }

  /** Puts a value behind a key that has none. */
  private void fill(Entry entry, YamlValue value) {
    boolean colon = entry.colon() >= 0;
    int at = colon ? entry.colon() + 1 : entry.key().span().end();
    edit(new Span(at, at), (colon ? " " : ": ") + value.flow(words()));
  }

  /** A value in the style of the text that it replaces. */
  private String like(Scalar old, YamlValue value) {
    if (value instanceof Items || value instanceof Keys) {
      return value.flow(words());
    }
    String bare =
        value instanceof Flag flag
            ? Flags.like(old.value(), flag.value()).orElseGet(() -> value.flow(words()))
            : ((Text) value).text();
    return switch (old.style()) {
      case SINGLE_QUOTED -> "'" + bare.replace("'", "''") + "'";
      case DOUBLE_QUOTED -> YamlValue.quoted(bare);
      default ->
          value instanceof Flag
              ? bare
              // where a colon needed no quotes it needs none again
              : old.value().indexOf(':') >= 0 ? value.line(words()) : value.flow(words());
    };
  }

  /** Adds a key to the mapping at a path; to the root for an empty one. */
  private void insert(List<String> path, String key, YamlValue value) {
    YamlNode node;
    if (path.isEmpty()) {
      if (document.root().isEmpty()) {
        String text = text();
        String gap = text.isEmpty() || text.endsWith("\n") ? "" : document.lineBreak();
        edit(
            new Span(text.length(), text.length()),
            gap + block(key, value, 0, USUAL_STEP, document.lineBreak()));
        return;
      }
      node = document.root().get();
    } else {
      own(path, false);
      node = last(entries(path)).value();
    }
    if (node instanceof Mapping mapping) {
      if (mapping.flow()) {
        insertInBraces(mapping, key, value);
      } else {
        insertAsLine(mapping, key, value);
      }
    } else if (node instanceof Scalar scalar && scalar.isNull() && !path.isEmpty()) {
      replace(path, new Keys(Map.of(key, value)));
    } else {
      throw notEditable(node, String.join(".", path) + " is no mapping");
    }
  }

  private void insertInBraces(Mapping mapping, String key, YamlValue value) {
    String added = new Text(key).flow(words()) + ": " + value.flow(words());
    if (mapping.entries().isEmpty()) {
      int at = text().indexOf('{', mapping.span().start()) + 1;
      edit(new Span(at, at), added);
    } else {
      int at = last(mapping.entries()).span().end();
      edit(new Span(at, at), ", " + added);
    }
  }

  private void insertAsLine(Mapping mapping, String key, YamlValue value) {
    int indent = document.column(mapping.entries().get(0).key().span().start());
    if (mapping.entries().get(0).explicit()) {
      throw notEditable(mapping, "keys written with ? are not edited");
    }
    String lines = block(key, value, indent, step(), document.lineBreak());
    int at = document.lineEnd(Math.max(0, mapping.span().end() - 1));
    edit(new Span(at, at), asLines(at, lines));
  }

  /** Fits lines in at the start of a line or behind a last line that has no end. */
  private String asLines(int at, String lines) {
    return at == 0 || text().charAt(at - 1) == '\n'
        ? lines
        : document.lineBreak() + lines.substring(0, lines.length() - document.lineBreak().length());
  }

  private String block(String key, YamlValue value, int indent, int step, String lineBreak) {
    String head = " ".repeat(indent) + new Text(key).line(words()) + ":";
    if (value instanceof Keys keys && !keys.entries().isEmpty()) {
      StringBuilder out = new StringBuilder(head).append(lineBreak);
      keys.entries().forEach((k, v) -> out.append(block(k, v, indent + step, step, lineBreak)));
      return out.toString();
    }
    return head + " " + value.line(words()) + lineBreak;
  }

  /** Blanks by which the file goes in. */
  private int step() {
    if (document.root().orElse(null) instanceof Mapping root && !root.flow()) {
      for (Entry entry : root.entries()) {
        if (entry.value() instanceof Mapping inner && !inner.flow() && inner.anchor() == null) {
          int step =
              document.column(inner.entries().get(0).key().span().start())
                  - document.column(entry.key().span().start());
          return step > 0 ? step : USUAL_STEP;
        }
      }
    }
    return USUAL_STEP;
  }

  /** Takes a key away wherever it stands; a mapping that had no other keeps its braces. */
  void remove(List<String> path) {
    while (has(path)) {
      own(path, true);
      List<String> above = path.subList(0, path.size() - 1);
      Mapping mapping = holder(above, path.get(path.size() - 1));
      Entry entry = mapping.entry(path.get(path.size() - 1)).orElseThrow();
      if (mapping.flow()) {
        edit(
            without(
                mapping.span(),
                mapping.entries().stream().map(Entry::span).toList(),
                mapping.entries().indexOf(entry)),
            "");
      } else if (mapping.entries().size() > 1) {
        edit(wholeLines(entry.span(), entry.key()), "");
      } else {
        empty(above, mapping, entry);
      }
    }
  }

  /** How many keys the mapping that holds this path's last one has. */
  int siblings(List<String> path) {
    return holder(path.subList(0, path.size() - 1), path.get(path.size() - 1)).entries().size();
  }

  private Mapping holder(List<String> above, String key) {
    List<YamlNode> nodes =
        above.isEmpty()
            ? document.root().stream().toList()
            : entries(above).stream().map(Entry::value).toList();
    Mapping found = null;
    for (YamlNode node : nodes) {
      if (node.resolved() instanceof Mapping mapping && mapping.entry(key).isPresent()) {
        found = mapping;
      }
    }
    if (found == null) {
      throw new IllegalStateException(above + " has no " + key);
    }
    return found;
  }

  /** Makes {@code key: {}} of a mapping's only entry. */
  private void empty(List<String> path, Mapping mapping, Entry only) {
    Span lines = wholeLines(only.span(), only.key());
    if (path.isEmpty()) {
      edit(lines, "");
      return;
    }
    Entry parent =
        entries(path).stream().filter(e -> e.value().equals(mapping)).findFirst().orElseThrow();
    int at =
        mapping.anchor() == null
            ? parent.colon() + 1
            : mapping.span().start() + mapping.anchor().length() + 1;
    document =
        YamlDocument.read(
            name(),
            text().substring(0, at)
                + " {}"
                + text().substring(at, lines.start())
                + text().substring(lines.end()));
  }

  /** Whether the only list at a path is written with dashes. */
  boolean isBlockList(List<String> path) {
    List<Sequence> lists = sequences(path);
    return lists.size() == 1 && !lists.get(0).flow();
  }

  /** The items of all lists at a path, those of keys that stand twice included. */
  List<Item> items(List<String> path) {
    List<Item> all = new ArrayList<>();
    sequences(path).forEach(sequence -> all.addAll(sequence.items()));
    return all;
  }

  private List<Sequence> sequences(List<String> path) {
    List<Sequence> found = new ArrayList<>();
    for (Entry entry : entries(path)) {
      YamlNode value = entry.value().resolved();
      if (value instanceof Sequence sequence) {
        found.add(sequence);
      } else if (!(value instanceof Scalar scalar && scalar.isNull())) {
        throw notEditable(entry.value(), String.join(".", path) + " is no list");
      }
    }
    return found;
  }

  /** Puts another value in an item's place. */
  void replaceItem(List<String> path, int index, YamlValue value) {
    own(path, true);
    YamlNode old = items(path).get(index).value();
    edit(old.span(), old instanceof Scalar scalar ? like(scalar, value) : value.flow(words()));
  }

  /** Takes an item away; a list in brackets that had no other keeps them. */
  void removeItem(List<String> path, int index) {
    own(path, true);
    Place place = place(path, index);
    Item item = place.in().items().get(place.index());
    if (place.in().flow()) {
      edit(
          without(
              place.in().span(),
              place.in().items().stream().map(Item::span).toList(),
              place.index()),
          "");
    } else if (place.in().items().size() > 1) {
      edit(wholeLines(item.span(), item.value()), "");
    } else if (entries(path).size() == 1) {
      remove(path);
    } else {
      throw notEditable(place.in(), String.join(".", path) + " stands twice");
    }
  }

  /** Puts an item behind the one at {@code index}; before the first for -1. */
  void insertItem(List<String> path, int index, YamlValue value) {
    own(path, true);
    String text = value.flow(words());
    if (items(path).isEmpty()) {
      List<Sequence> lists = sequences(path);
      if (lists.isEmpty()) {
        set(path, new YamlValue.Items(List.of(value)));
      } else {
        // only brackets can hold nothing
        int at = text().indexOf('[', last(lists).span().start()) + 1;
        edit(new Span(at, at), text);
      }
      return;
    }
    Place place = place(path, Math.max(index, 0));
    Item item = place.in().items().get(place.index());
    Span span = item.span();
    if (place.in().flow()) {
      int at = index < 0 ? span.start() : span.end();
      edit(new Span(at, at), index < 0 ? text + ", " : ", " + text);
      return;
    }
    String indent = " ".repeat(document.column(item.dash()));
    if (index < 0) {
      edit(new Span(item.dash(), item.dash()), "- " + text + document.lineBreak() + indent);
    } else {
      int at = document.lineEnd(Math.max(0, span.end() - 1));
      edit(new Span(at, at), asLines(at, indent + "- " + text + document.lineBreak()));
    }
  }

  private record Place(Sequence in, int index) {}

  private Place place(List<String> path, int index) {
    int left = index;
    for (Sequence sequence : sequences(path)) {
      if (left < sequence.items().size()) {
        return new Place(sequence, left);
      }
      left -= sequence.items().size();
    }
    throw new IllegalStateException(path + " has no item " + index);
  }

  /** The text to delete so that one of several in brackets goes with its comma. */
  private Span without(Span all, List<Span> parts, int index) {
    if (parts.size() == 1) {
      // what an only value leaves is brackets, unless a comment stands in them
      int open = all.end() - 1;
      char bracket = text().charAt(all.end() - 1) == ']' ? '[' : '{';
      int from = text().indexOf(bracket, all.start()) + 1;
      return text().substring(from, open).indexOf('#') < 0
          ? new Span(from, open)
          : withComma(parts.get(0), open);
    }
    return index + 1 < parts.size()
        ? new Span(parts.get(index).start(), parts.get(index + 1).start())
        : new Span(parts.get(index - 1).end(), parts.get(index).end());
  }

  private Span withComma(Span part, int limit) {
    int at = part.end();
    while (at < limit && Character.isWhitespace(text().charAt(at))) {
      at++;
    }
    return new Span(part.start(), at < limit && text().charAt(at) == ',' ? at + 1 : part.end());
  }

  private Span wholeLines(Span span, YamlNode of) {
    Span lines = document.lines(span);
    String before = text().substring(lines.start(), span.start()).strip();
    if (!before.isEmpty() && !before.equals("?")) {
      throw notEditable(of, "it shares its line");
    }
    return lines;
  }

  /**
   * Makes sure that an edit at a path changes nothing else: an alias on the way becomes a copy, and
   * so do the aliases of an anchor on the way.
   *
   * @param whole whether all of the value is edited, not only keys added to it
   */
  private void own(List<String> path, boolean whole) {
    Optional<Alias> shared = shared(path, whole);
    while (shared.isPresent()) {
      edit(shared.get().span(), copy(shared.get().target()));
      shared = shared(path, whole);
    }
  }

  private Optional<Alias> shared(List<String> path, boolean whole) {
    List<Alias> aliases = new ArrayList<>();
    document.root().ifPresent(root -> aliases(root, aliases));
    if (aliases.isEmpty()) {
      return Optional.empty();
    }
    for (int i = 1; i <= path.size(); i++) {
      boolean all = whole && i == path.size();
      for (Entry entry : entries(path.subList(0, i))) {
        YamlNode node = entry.value();
        for (Alias alias : aliases) {
          if (alias.equals(node)
              || alias.target().equals(node)
              || (all
                  && (node.span().contains(alias.span())
                      || node.span().contains(alias.target().span())))) {
            return Optional.of(alias);
          }
        }
      }
    }
    return Optional.empty();
  }

  private static void aliases(YamlNode node, List<Alias> found) {
    if (node instanceof Alias alias) {
      found.add(alias);
    } else if (node instanceof Sequence sequence) {
      sequence.items().forEach(item -> aliases(item.value(), found));
    } else if (node instanceof Mapping mapping) {
      mapping.entries().forEach(entry -> aliases(entry.value(), found));
    }
  }

  /** The same value in one line, without anchors and aliases. */
  private static String copy(YamlNode node) {
    YamlNode of = node.resolved();
    if (of instanceof Scalar scalar) {
      return scalar.style() == Style.PLAIN
              && (scalar.span().isEmpty() || YamlValue.PLAIN.matcher(scalar.value()).matches())
          ? scalar.value()
          : YamlValue.quoted(scalar.value());
    }
    StringBuilder out = new StringBuilder();
    if (of instanceof Sequence sequence) {
      sequence
          .items()
          .forEach(i -> out.append(out.length() == 0 ? "" : ", ").append(copy(i.value())));
      return "[" + out + "]";
    }
    ((Mapping) of)
        .entries()
        .forEach(
            e ->
                out.append(out.length() == 0 ? "" : ", ")
                    .append(copy(e.key()))
                    .append(": ")
                    .append(copy(e.value())));
    return "{" + out + "}";
  }

  private Flags words() {
    return document.root().map(Flags::usedIn).orElse(Flags.YES);
  }

  private void edit(Span span, String with) {
    String text = text();
    document =
        YamlDocument.read(
            name(), text.substring(0, span.start()) + with + text.substring(span.end()));
  }

  private NetplanException notEditable(YamlNode node, String why) {
    return new NetplanException(
        NetplanException.Reason.NOT_EDITABLE,
        document.origin(node) + ": " + why + "; edit the file by hand");
  }

  private static <T> T last(List<T> list) {
    return list.get(list.size() - 1);
  }

  @Override
  public String toString() {
    return folder + "/" + name();
  }
}
