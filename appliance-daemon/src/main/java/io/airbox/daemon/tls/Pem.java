package io.airbox.daemon.tls;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The textual encoding of RFC 7468: blocks of base64 between {@code BEGIN} and {@code END} lines.
 * Text around the blocks is passed over, as programs put explanations there.
 */
final class Pem {
  static final String CERTIFICATE = "CERTIFICATE";
  static final String PRIVATE_KEY = "PRIVATE KEY";

  private static final Pattern BEGIN = Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----");
  private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

  private Pem() {}

  /**
   * One block.
   *
   * @param label what it holds, such as {@code CERTIFICATE}
   * @param encrypted its headers say so (RFC 1421), or its label does; then it is not decoded
   * @param base64 without line ends
   */
  record Block(String label, boolean encrypted, String base64) {
    byte[] der() {
      return Base64.getDecoder().decode(base64);
    }

    /** Without the content, which may be a key. */
    @Override
    public String toString() {
      return label;
    }
  }

  /**
   * The blocks of a text in their order.
   *
   * @throws IllegalArgumentException a block does not end or is not base64; the message names the
   *     line and repeats nothing of the text
   */
  static List<Block> read(String text) {
    List<Block> blocks = new ArrayList<>();
    String[] lines = text.split("\r\n|\r|\n", -1);
    int at = 0;
    while (at < lines.length) {
      Matcher begin = BEGIN.matcher(lines[at].strip());
      if (!begin.matches()) {
        at++;
        continue;
      }
      int first = at + 1;
      String label = begin.group(1);
      int last = end(lines, first, label);
      blocks.add(block(label, lines, first, last));
      at = last + 1;
    }
    return blocks;
  }

  private static int end(String[] lines, int first, String label) {
    for (int at = first; at < lines.length; at++) {
      String line = lines[at].strip();
      if (line.equals("-----END " + label + "-----")) {
        return at;
      }
      if (line.startsWith("-----")) {
        break;
      }
    }
    throw new IllegalArgumentException(
        "the " + label + " block that begins in line " + first + " has no end; was it cut off?");
  }

  private static Block block(String label, String[] lines, int first, int last) {
    StringBuilder base64 = new StringBuilder();
    boolean encrypted = label.startsWith("ENCRYPTED ");
    for (int at = first; at < last; at++) {
      String line = lines[at].strip();
      if (line.contains(":")) {
        encrypted |= line.startsWith("Proc-Type:") && line.endsWith("ENCRYPTED");
      } else {
        base64.append(line);
      }
    }
    Block block = new Block(label, encrypted, encrypted ? "" : base64.toString());
    try {
      block.der();
    } catch (IllegalArgumentException e) {
      // without the cause: it repeats characters of what may be a key
      throw new IllegalArgumentException(
          "the " + label + " block that begins in line " + first + " is not base64");
    }
    return block;
  }

  /** One block as text. */
  static String write(String label, byte[] der) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + LINES.encodeToString(der)
        + "\n-----END "
        + label
        + "-----\n";
  }
}
