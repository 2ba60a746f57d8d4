package io.airbox.netplan.yaml;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.airbox.netplan.NetplanException;
import io.airbox.netplan.Origin;
import io.airbox.netplan.check.Finding;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The first YAML document of a file, the only one that netplan reads, with its text.
 *
 * <p>Stricter than YAML where its versions part ways and a reader could see something else than
 * netplan does: UTF-8 only, no control characters, no line ends but {@code \n} and {@code \r\n}.
 * Lines end where netplan's parser ends them. Immutable; thread-safe.
 */
public final class YamlDocument {
  /** Bytes of a file that are read; a file of a thousand interfaces has a fifth of it. */
  public static final int MOST_BYTES = 1 << 20;

  /** Collections within collections; netplan's own keys need ten. */
  public static final int MOST_DEPTH = 64;

  /** Values, aliases counted as often as they stand for something. */
  public static final int MOST_NODES = 100_000;

  private final String file;
  private final String text;
  private final int[] lineStarts;
  private final Optional<YamlNode> root;
  private final List<Finding> findings;

  private YamlDocument(
      String file, String text, int[] lineStarts, Optional<YamlNode> root, List<Finding> findings) {
    this.file = file;
    this.text = text;
    this.lineStarts = lineStarts;
    this.root = root;
    this.findings = findings;
  }

  /**
   * Reads a file.
   *
   * @param file its name, for origins and messages
   * @throws NetplanException {@code INVALID_DOCUMENT} with {@link NetplanException#origin()} when
   *     it is larger than {@link #MOST_BYTES}, not UTF-8, not YAML, deeper than {@link #MOST_DEPTH}
   *     or has more than {@link #MOST_NODES} values
   */
  public static YamlDocument read(String file, byte[] bytes) {
    if (bytes.length > MOST_BYTES) {
      throw NetplanException.invalidDocument(
          new Origin(file, 0, 0),
          "has more than " + MOST_BYTES + " bytes; split it or take comments out",
          null);
    }
    String text = decoded(file, bytes);
    int[] lineStarts = lineStarts(text);
    Composer.Result result =
        new Composer(file, text, at -> origin(file, text, lineStarts, at)).compose();
    return new YamlDocument(file, text, lineStarts, result.root(), result.findings());
  }

  /** Reads text as if it were a file; see {@link #read(String, byte[])}. */
  public static YamlDocument read(String file, String text) {
    return read(file, text.getBytes(UTF_8));
  }

  /** The file's name, as given. */
  public String file() {
    return file;
  }

  /** All of the file, a leading byte order mark and all line ends included. */
  public String text() {
    return text;
  }

  /** The same bytes that were read. */
  public byte[] bytes() {
    return text.getBytes(UTF_8);
  }

  /** Its value; empty for a file of comments or nothing. */
  public Optional<YamlNode> root() {
    return root;
  }

  /** Duplicate keys, and text that netplan ignores; all warnings. */
  public List<Finding> findings() {
    return findings;
  }

  /** Where the character at an index of {@link #text()} stands. */
  public Origin origin(int index) {
    return origin(file, text, lineStarts, index);
  }

  /** Where a node starts. */
  public Origin origin(YamlNode node) {
    return origin(node.span().start());
  }

  /** Number of the line, from 0, that holds the index. */
  public int line(int index) {
    return line(lineStarts, index);
  }

  /** Index of the first character of the line that holds the index; behind a byte order mark. */
  public int lineStart(int index) {
    return lineStarts[line(index)];
  }

  /** Index behind the line end of the line that holds the index; the text's end for the last. */
  public int lineEnd(int index) {
    int next = line(index) + 1;
    return next < lineStarts.length ? lineStarts[next] : text.length();
  }

  /** The whole lines, line end included, that a span touches. */
  public Span lines(Span span) {
    return new Span(lineStart(span.start()), lineEnd(Math.max(span.start(), span.end() - 1)));
  }

  /** The blanks that the line of the index starts with. */
  public String indentation(int index) {
    int from = lineStart(index);
    int to = from;
    while (to < text.length() && text.charAt(to) == ' ') {
      to++;
    }
    return text.substring(from, to);
  }

  /** Column of the index from 0, in characters. */
  public int column(int index) {
    return text.codePointCount(lineStart(index), index);
  }

  /** The line end that the first line has; {@code \n} when there is but one line. */
  public String lineBreak() {
    int next = lineStarts.length > 1 ? lineStarts[1] : 0;
    return next > 1 && text.charAt(next - 2) == '\r' ? "\r\n" : "\n";
  }

  private static String decoded(String file, byte[] bytes) {
    CharBuffer chars = CharBuffer.allocate(bytes.length);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    // a strict decoder, so that writing the text back gives the same bytes
    CoderResult result =
        UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT)
            .decode(in, chars, true);
    if (result.isError()) {
      String before = chars.flip().toString();
      throw NetplanException.invalidDocument(
          origin(file, before, lineStarts(before), before.length()),
          String.format(
              Locale.ROOT,
              "byte 0x%02x is not UTF-8; save the file as UTF-8",
              bytes[in.position()] & 0xff),
          null);
    }
    return chars.flip().toString();
  }

  private static int[] lineStarts(String text) {
    int[] starts = new int[16];
    int n = 1;
    starts[0] = text.startsWith("\ufeff") ? 1 : 0;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '\n') {
        if (n == starts.length) {
          starts = Arrays.copyOf(starts, 2 * n);
        }
        starts[n++] = i + 1;
      }
    }
    return Arrays.copyOf(starts, n);
  }

  private static int line(int[] lineStarts, int index) {
    int at = Arrays.binarySearch(lineStarts, index);
    return Math.max(0, at >= 0 ? at : -at - 2);
  }

  private static Origin origin(String file, String text, int[] lineStarts, int index) {
    int line = line(lineStarts, index);
    int from = Math.min(lineStarts[line], index);
    return new Origin(file, line + 1, text.codePointCount(from, index) + 1);
  }
}
