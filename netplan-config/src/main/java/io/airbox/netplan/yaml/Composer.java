package io.airbox.netplan.yaml;

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
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.Scanner;
import org.snakeyaml.engine.v2.scanner.ScannerImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import org.snakeyaml.engine.v2.tokens.Token;

/** Makes the nodes of one document of the parser's events. */
final class Composer {
  /**
   * @param root empty for a document of comments or nothing
   * @param findings all warnings
   */
  record Result(Optional<YamlNode> root, List<Finding> findings) {}

  /** A node and how many are below it, aliases expanded. */
  private record Anchored(YamlNode node, long size) {}

  private final String text;
  private final IntFunction<Origin> places;
  // char index by code point index; empty when they are the same
  private final int[] chars;
  private final Indicators indicators;
  private final Parser parser;
  private final Map<String, Anchored> anchors = new HashMap<>();
  private final Set<String> open = new HashSet<>();
  // where a tab is text, or a blank like any other
  private final BitSet tabsAllowed = new BitSet();
  private final List<Finding> findings = new ArrayList<>();
  private long nodes;

  Composer(String file, String text, IntFunction<Origin> places) {
    this.text = text;
    this.places = places;
    refuseOddCharacters();
    this.chars = charIndex(text);
    LoadSettings settings =
        LoadSettings.builder()
            .setUseMarks(true)
            .setCodePointLimit(YamlDocument.MOST_BYTES)
            .setLabel(file)
            .build();
    this.indicators = new Indicators(new ScannerImpl(settings, new StreamReader(settings, text)));
    this.parser = new ParserImpl(settings, indicators);
  }

  Result compose() {
    try {
      parser.next(); // stream start
      if (parser.checkEvent(Event.ID.StreamEnd)) {
        refuseTabs(text.length());
        return new Result(Optional.empty(), List.of());
      }
      Event start = parser.next();
      // a file of comments has an empty document when a directive or --- stands in it
      Optional<YamlNode> root =
          parser.checkEvent(Event.ID.DocumentEnd) ? Optional.empty() : Optional.of(node(1));
      int end = end(parser.next(), start(start));
      boolean last = isLast();
      refuseTabs(last ? text.length() : end);
      if (!last) {
        findings.add(
            Finding.warning(
                    "ignored-text",
                    "",
                    "netplan reads the first YAML document of a file only; what follows here is"
                        + " ignored",
                    "move it to a file of its own or delete it")
                .at(places.apply(nextText(end))));
      }
      return new Result(root, List.copyOf(findings));
    } catch (MarkedYamlEngineException e) {
      String problem = e.getProblem() == null ? "" : e.getProblem();
      String context = e.getContext() == null ? "" : e.getContext() + ", ";
      throw invalid(
          e.getProblemMark().or(e::getContextMark).map(this::index).orElse(text.length()),
          "Invalid YAML: " + oneLine(context + problem),
          e);
    } catch (YamlEngineException e) {
      throw invalid(text.length(), "Invalid YAML: " + oneLine(String.valueOf(e.getMessage())), e);
    }
  }

  private YamlNode node(int depth) {
    Event event = parser.next();
    int start = start(event);
    count(1, start);
    if (event instanceof AliasEvent alias) {
      return alias(alias, start);
    }
    if (!(event instanceof NodeEvent anchored)) {
      throw invalid(start, "Invalid YAML: a value is missing", null);
    }
    @Nullable String anchor = anchored.getAnchor().map(Anchor::getValue).orElse(null);
    long before = nodes;
    YamlNode node;
    if (event instanceof ScalarEvent scalar) {
      node = scalar(scalar, anchor, start);
    } else {
      if (depth > YamlDocument.MOST_DEPTH) {
        throw invalid(
            start, "lists and keys are nested deeper than " + YamlDocument.MOST_DEPTH, null);
      }
      if (anchor != null) {
        anchors.remove(anchor);
        open.add(anchor);
      }
      node =
          event instanceof MappingStartEvent mapping
              ? mapping(mapping, anchor, start, depth)
              : sequence((CollectionStartEvent) event, anchor, start, depth);
      if (anchor != null) {
        open.remove(anchor);
      }
    }
    if (anchor != null) {
      anchors.put(anchor, new Anchored(node, nodes - before));
    }
    return node;
  }

  private Alias alias(AliasEvent event, int start) {
    String name = event.getAlias().getValue();
    Anchored target = anchors.get(name);
    if (target == null) {
      throw invalid(
          start,
          "Invalid YAML: "
              + (open.contains(name)
                  ? "*" + name + " stands for itself"
                  : "no &" + name + " before *" + name),
          null);
    }
    count(target.size(), start);
    return new Alias(new Span(start, end(event, start)), name, target.node());
  }

  private Scalar scalar(ScalarEvent event, @Nullable String anchor, int start) {
    Style style =
        switch (event.getScalarStyle()) {
          case SINGLE_QUOTED -> Style.SINGLE_QUOTED;
          case DOUBLE_QUOTED -> Style.DOUBLE_QUOTED;
          case LITERAL -> Style.LITERAL;
          case FOLDED -> Style.FOLDED;
          default -> Style.PLAIN;
        };
    int end = end(event, start);
    if (event.getScalarStyle() == ScalarStyle.LITERAL
        || event.getScalarStyle() == ScalarStyle.FOLDED) {
      end = trimmed(start, end);
    }
    Span span = new Span(start, end);
    if (style != Style.PLAIN) {
      tabsAllowed.set(span.start(), span.end());
    }
    return new Scalar(span, anchor, event.getValue(), style, event.getTag().orElse(null));
  }

  private Sequence sequence(
      CollectionStartEvent event, @Nullable String anchor, int start, int depth) {
    List<Item> items = new ArrayList<>();
    int last = end(event, start);
    while (!parser.checkEvent(Event.ID.SequenceEnd)) {
      YamlNode value = node(depth + 1);
      items.add(new Item(event.isFlow() ? -1 : indicators.dashBefore(value.span().start()), value));
      last = value.span().end();
    }
    return new Sequence(collection(event, start, last), anchor, event.isFlow(), items);
  }

  private Mapping mapping(
      CollectionStartEvent event, @Nullable String anchor, int start, int depth) {
    List<Entry> entries = new ArrayList<>();
    Map<String, Origin> seen = new HashMap<>();
    int last = end(event, start);
    while (!parser.checkEvent(Event.ID.MappingEnd)) {
      YamlNode key = node(depth + 1);
      if (!(key.resolved() instanceof Scalar)) {
        throw invalid(key.span().start(), "a key must be text, not a list or mapping", null);
      }
      YamlNode value = node(depth + 1);
      Entry entry =
          new Entry(
              key,
              indicators.colonBetween(key.span().end(), value.span().start()),
              value,
              indicators.isExplicit(key.span().start(), last));
      entries.add(entry);
      last = entry.span().end();
      Origin place = places.apply(key.span().start());
      Origin first = seen.putIfAbsent(entry.name(), place);
      if (first != null) {
        findings.add(
            Finding.warning(
                    "duplicate-key",
                    "",
                    "the key "
                        + NetplanException.quoted(entry.name())
                        + " stands here again, first in line "
                        + first.line()
                        + "; netplan lets the last one win, and joins lists",
                    "keep one of them")
                .at(place));
      }
    }
    return new Mapping(collection(event, start, last), anchor, event.isFlow(), entries);
  }

  /** Takes the end of a list or mapping; a block has no end of its own but its last value's. */
  private Span collection(CollectionStartEvent event, int start, int last) {
    int end = end(parser.next(), start);
    if (!event.isFlow()) {
      return new Span(start, last);
    }
    Span span = new Span(start, end);
    tabsAllowed.set(span.start(), span.end());
    return span;
  }

  /** Whether the stream ends behind the first document; what is no YAML counts as more text. */
  private boolean isLast() {
    try {
      return parser.checkEvent(Event.ID.StreamEnd);
    } catch (YamlEngineException e) {
      return false;
    }
  }

  private void count(long more, int at) {
    nodes += more;
    if (nodes > YamlDocument.MOST_NODES) {
      throw invalid(
          at,
          "has more than " + YamlDocument.MOST_NODES + " values, aliases (*name) counted in full",
          null);
    }
  }

  /** What libyaml, YAML 1.2 and people's eyes read differently, or not at all. */
  private void refuseOddCharacters() {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean odd =
          c < 0x20
              ? c != '\n' && c != '\t' && !(c == '\r' && text.startsWith("\n", i + 1))
              : c == 0x7f
                  || (c >= 0x80 && c < 0xa0)
                  || c == 0x2028
                  || c == 0x2029
                  || (c == 0xfeff && i > 0)
                  || c >= 0xfffe;
      if (odd) {
        throw invalid(
            i,
            c == '\r'
                ? "a carriage return without a line feed; end lines with \\n or \\r\\n"
                : String.format(Locale.ROOT, "control character U+%04X; delete it", (int) c),
            null);
      }
    }
  }

  /**
   * netplan refuses a tab wherever a key could start, in lines of nothing else too; YAML 1.2 does
   * not.
   */
  private void refuseTabs(int end) {
    boolean leading = true;
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      if (c == '\n') {
        leading = true;
      } else if (leading && c == '\t' && !tabsAllowed.get(i)) {
        throw invalid(i, "Invalid YAML: a tab where a key could start; use blanks", null);
      } else if (c != ' ' && c != '\t' && c != '-' && c != '?' && c != ':' && c != '\ufeff') {
        leading = false;
      }
    }
  }

  /** Without the blanks, comments and line ends that a block scalar's mark may take in. */
  private int trimmed(int start, int end) {
    int at = end;
    while (at > start && Character.isWhitespace(text.charAt(at - 1))) {
      at--;
    }
    return at;
  }

  private int nextText(int from) {
    int at = from;
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return at;
  }

  private NetplanException invalid(int at, String message, @Nullable Throwable cause) {
    return NetplanException.invalidDocument(places.apply(at), message, cause);
  }

  private int start(Event event) {
    return event.getStartMark().map(this::index).orElse(0);
  }

  private int end(Event event, int start) {
    return Math.max(start, event.getEndMark().map(this::index).orElse(start));
  }

  private int index(Mark mark) {
    return chars.length == 0
        ? Math.min(mark.getIndex(), text.length())
        : chars[Math.min(mark.getIndex(), chars.length - 1)];
  }

  private static int[] charIndex(String text) {
    int points = text.codePointCount(0, text.length());
    if (points == text.length()) {
      return new int[0];
    }
    int[] index = new int[points + 1];
    int at = 0;
    for (int i = 0; i < points; i++) {
      index[i] = at;
      at += Character.charCount(text.codePointAt(at));
    }
    index[points] = at;
    return index;
  }

  private static String oneLine(String message) {
    return message.replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
  }

  /** Hands the tokens on and notes where the indicators stand, which events do not tell. */
  private final class Indicators implements Scanner {
    private final Scanner scanner;
    private final TreeSet<Integer> dashes = new TreeSet<>();
    private final TreeSet<Integer> colons = new TreeSet<>();
    private final TreeSet<Integer> questions = new TreeSet<>();

    Indicators(Scanner scanner) {
      this.scanner = scanner;
    }

    int dashBefore(int index) {
      Integer at = dashes.lower(index);
      return at == null ? -1 : at;
    }

    int colonBetween(int from, int to) {
      Integer at = colons.ceiling(from);
      return at == null || at > to ? -1 : at;
    }

    boolean isExplicit(int key, int from) {
      Integer at = questions.lower(key);
      return at != null && at >= from;
    }

    @Override
    public boolean checkToken(Token.ID... choices) {
      return scanner.checkToken(choices);
    }

    @Override
    public boolean checkToken(Token.ID choice) {
      return scanner.checkToken(choice);
    }

    @Override
    public Token peekToken() {
      return scanner.peekToken();
    }

    @Override
    public boolean hasNext() {
      return scanner.hasNext();
    }

    @Override
    public Token next() {
      Token token = scanner.next();
      int at = token.getStartMark().map(Composer.this::index).orElse(0);
      switch (token.getTokenId()) {
        case BlockEntry -> dashes.add(at);
        case Value -> colons.add(at);
        case Key -> {
          // the key of `key: value` has a token without text of its own
          if (text.startsWith("?", at)) {
            questions.add(at);
          }
        }
        default -> {}
      }
      return token;
    }

    @Override
    public void resetDocumentIndex() {
      scanner.resetDocumentIndex();
    }
  }
}
