package io.airbox.netplan.staging;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A network change that is put into effect for a while.
 *
 * @param transaction its name: 16 to 40 of the characters {@code a-z0-9}
 * @param window for how long, 30 s to 900 s, whole seconds
 * @param files what changes, at most {@value #MOST_FILES}, {@value #MOST_BYTES} bytes together
 * @param linksToDelete virtual links (bonds, VLANs, bridges) that have to be deleted first, since
 *     what they are changes or they go
 */
public record StagedChange(
    String transaction, Duration window, List<FileChange> files, List<String> linksToDelete) {
  /** Shortest window. */
  public static final Duration SHORTEST_WINDOW = Duration.ofSeconds(30);

  /** Longest window. */
  public static final Duration LONGEST_WINDOW = Duration.ofMinutes(15);

  /** Most files of one change. */
  public static final int MOST_FILES = 20;

  /** Most bytes of all files of one change. */
  public static final int MOST_BYTES = 48 * 1024;

  static final int MOST_LINKS = 64;

  static final Pattern TRANSACTION = Pattern.compile("[a-z0-9]{16,40}");

  /** A name that Linux takes and that cannot be taken for a path or an option. */
  static final Pattern LINK = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}");

  /**
   * A checked change.
   *
   * @throws IllegalArgumentException a value is out of its range; the message says which and what
   *     the range is
   */
  public StagedChange {
    files = List.copyOf(files);
    linksToDelete = List.copyOf(linksToDelete);
    transaction(transaction);
    if (window.compareTo(SHORTEST_WINDOW) < 0
        || window.compareTo(LONGEST_WINDOW) > 0
        || window.toNanosPart() != 0) {
      throw new IllegalArgumentException(
          "window: takes " + SHORTEST_WINDOW.toSeconds() + " to 900 whole seconds, not " + window);
    }
    if (files.isEmpty() || files.size() > MOST_FILES) {
      throw new IllegalArgumentException(
          "files: a change has 1 to " + MOST_FILES + " files, this one " + files.size());
    }
    Set<String> names = new HashSet<>();
    long bytes = 0;
    for (FileChange file : files) {
      if (!names.add(file.name())) {
        throw new IllegalArgumentException("files: " + file.name() + " is named twice");
      }
      String after = file.after();
      bytes += after == null ? 0 : after.getBytes(StandardCharsets.UTF_8).length;
    }
    if (bytes > MOST_BYTES) {
      throw new IllegalArgumentException(
          "files: have " + bytes + " bytes together, at most " + MOST_BYTES + " are taken");
    }
    if (linksToDelete.size() > MOST_LINKS
        || linksToDelete.stream().anyMatch(link -> !LINK.matcher(link).matches())) {
      throw new IllegalArgumentException(
          "links: takes at most " + MOST_LINKS + " names of interfaces, 15 letters each");
    }
  }

  /**
   * The name of a transaction, checked.
   *
   * @throws IllegalArgumentException it is none
   */
  public static String transaction(String text) {
    if (!TRANSACTION.matcher(text).matches()) {
      throw new IllegalArgumentException("transaction: takes 16 to 40 of a-z and 0-9");
    }
    return text;
  }
}
