package io.airbox.netplan.edit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.difflib.DiffUtils;
import com.github.difflib.patch.AbstractDelta;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * What a file was before this appliance changed it, kept in the file as comments behind its text.
 *
 * <p>Every change starts from there, so a change that asks for the same settings again gives the
 * same bytes again, however many other changes came between. A comment line holds a displaced line
 * whole, line end included:
 *
 * <pre>
 * #airbox: changed by this appliance; these lines put it back as it was
 * #airbox: 9+2 5d41402abc4b
 * #airbox|      dhcp4: no
 * #airbox|      addresses: [192.168.150.1/24]
 * </pre>
 *
 * <p>The second says: two lines from line 9 on stand in place of those that follow. Its hash is
 * over them and their neighbours, so that they are found again when somebody edits the file
 * elsewhere, and left alone when he edits them.
 */
public final class WayBack {
  private static final String MARK = "#airbox:";
  private static final String LINE = "#airbox|";
  private static final String TITLE =
      MARK + " changed by this appliance; these lines put it back as it was";
  private static final Pattern HUNK =
      Pattern.compile("#airbox: (\\d{1,7})\\+(\\d{1,7}) ([0-9a-f]{12})\\s*");
  private static final int CONTEXT = 2;

  private WayBack() {}

  /**
   * One place.
   *
   * @param at line from 0
   * @param count lines that stand there now
   * @param hash over them and their neighbours
   * @param displaced lines that stood there
   */
  private record Hunk(int at, int count, String hash, List<String> displaced) {}

  /** The text without the memory. */
  public static String body(String text) {
    return String.join("", split(lines(text), new ArrayList<>()));
  }

  /** The text as it was before the first change; itself when there was none. */
  public static String base(String text) {
    List<Hunk> hunks = new ArrayList<>();
    List<String> body = split(lines(text), hunks);
    List<Optional<Integer>> places = hunks.stream().map(hunk -> find(body, hunk)).toList();
    // from the end, so that places before keep their numbers
    int limit = body.size();
    for (int i = hunks.size() - 1; i >= 0; i--) {
      Hunk hunk = hunks.get(i);
      int at = places.get(i).orElse(limit);
      if (at + hunk.count() <= limit && places.get(i).isPresent()) {
        List<String> place = body.subList(at, at + hunk.count());
        place.clear();
        place.addAll(hunk.displaced());
        limit = at;
      }
    }
    return String.join("", body);
  }

  /**
   * The text with the memory of what it was.
   *
   * @param body without memory
   * @param base what it was before the first change
   */
  public static String attach(String body, String base, String lineBreak) {
    if (body.equals(base)) {
      return body;
    }
    List<String> now = lines(body);
    if (!now.isEmpty() && !now.get(now.size() - 1).endsWith("\n")) {
      now.set(now.size() - 1, now.get(now.size() - 1) + lineBreak);
    }
    StringBuilder out = new StringBuilder(String.join("", now)).append(TITLE).append(lineBreak);
    for (AbstractDelta<String> delta : DiffUtils.diff(now, lines(base)).getDeltas()) {
      int at = delta.getSource().getPosition();
      int count = delta.getSource().size();
      out.append(
              MARK
                  + " "
                  + (at + 1)
                  + "+"
                  + count
                  + " "
                  + hash(now, at, count, Math.min(CONTEXT, at)))
          .append(lineBreak);
      delta.getTarget().getLines().forEach(line -> out.append(LINE).append(line));
    }
    return out.toString();
  }

  private static List<String> split(List<String> lines, List<Hunk> hunks) {
    List<String> body = new ArrayList<>();
    for (String line : lines) {
      Matcher header = HUNK.matcher(line);
      if (header.matches()) {
        hunks.add(
            new Hunk(
                Integer.parseInt(header.group(1)) - 1,
                Integer.parseInt(header.group(2)),
                header.group(3),
                new ArrayList<>()));
      } else if (line.startsWith(LINE) && !hunks.isEmpty()) {
        hunks.get(hunks.size() - 1).displaced().add(line.substring(LINE.length()));
      } else if (!line.startsWith(TITLE)) {
        body.add(line);
      }
    }
    return body;
  }

  /** Where the lines of a hunk stand: where noted, else the only such place. */
  private static Optional<Integer> find(List<String> body, Hunk hunk) {
    if (fits(body, hunk, hunk.at())) {
      return Optional.of(hunk.at());
    }
    List<Integer> places =
        IntStream.rangeClosed(0, body.size() - hunk.count())
            .filter(at -> fits(body, hunk, at))
            .boxed()
            .toList();
    return places.size() == 1 ? Optional.of(places.get(0)) : Optional.empty();
  }

  private static boolean fits(List<String> body, Hunk hunk, int at) {
    int before = Math.min(CONTEXT, hunk.at());
    return at >= before
        && at + hunk.count() <= body.size()
        && hash(body, at, hunk.count(), before).equals(hunk.hash());
  }

  private static String hash(List<String> lines, int at, int count, int before) {
    int to = Math.min(lines.size(), at + count + CONTEXT);
    StringBuilder text = new StringBuilder().append(before).append('+').append(count);
    lines.subList(at - before, to).forEach(line -> text.append('\n').append(line.stripTrailing()));
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(UTF_8));
      return HexFormat.of().formatHex(digest, 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Lines with their line ends. */
  private static List<String> lines(String text) {
    List<String> lines = new ArrayList<>();
    int from = 0;
    while (from < text.length()) {
      int end = text.indexOf('\n', from);
      int next = end < 0 ? text.length() : end + 1;
      lines.add(text.substring(from, next));
      from = next;
    }
    return lines;
  }
}
