package io.airbox.helper;

import io.airbox.netplan.staging.FileChange;
import io.airbox.netplan.staging.StagedChange;
import io.airbox.netplan.staging.StagingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A network change as arguments of a request:
 *
 * <pre>
 * transaction  its name
 * window       whole seconds
 * links        virtual links to delete first, with a blank between two
 * file.NAME    SHA-256 of what the file is now, or "-" for none; then, unless it is to be removed,
 *              a line feed and what it is to be
 * </pre>
 */
final class NetworkArguments {
  private static final String TRANSACTION = "transaction";
  private static final String WINDOW = "window";
  private static final String LINKS = "links";
  private static final String FILE = "file.";
  private static final String NONE = "-";
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,4}");

  private NetworkArguments() {}

  static SortedMap<String, String> of(StagedChange change) {
    SortedMap<String, String> arguments = new TreeMap<>();
    arguments.put(TRANSACTION, change.transaction());
    arguments.put(WINDOW, String.valueOf(change.window().toSeconds()));
    arguments.put(LINKS, String.join(" ", change.linksToDelete()));
    for (FileChange file : change.files()) {
      String before = file.before() == null ? NONE : file.before();
      arguments.put(
          FILE + file.name(), file.after() == null ? before : before + "\n" + file.after());
    }
    return arguments;
  }

  static SortedMap<String, String> of(String transaction) {
    return new TreeMap<>(Map.of(TRANSACTION, transaction));
  }

  /**
   * The change that is asked for.
   *
   * @throws RefusedException a value is missing or out of range
   */
  static StagedChange change(Arguments arguments) throws RefusedException {
    String transaction = arguments.take(TRANSACTION);
    String window = arguments.take(WINDOW);
    String links = arguments.take(LINKS);
    List<FileChange> files = new ArrayList<>();
    try {
      for (Map.Entry<String, String> file : arguments.takeAll(FILE).entrySet()) {
        files.add(file(file.getKey(), file.getValue()));
      }
      if (!SECONDS.matcher(window).matches()) {
        throw new RefusedException(WINDOW, "is no number of seconds");
      }
      return new StagedChange(
          transaction,
          Duration.ofSeconds(Integer.parseInt(window)),
          files,
          links.isEmpty() ? List.of() : List.of(links.split(" ", -1)));
    } catch (IllegalArgumentException e) {
      throw new RefusedException(null, String.valueOf(e.getMessage()));
    }
  }

  private static FileChange file(String name, String value) {
    int end = value.indexOf('\n');
    String before = end < 0 ? value : value.substring(0, end);
    @Nullable String after = end < 0 ? null : value.substring(end + 1);
    return new FileChange(name, before.equals(NONE) ? null : before, after);
  }

  /**
   * The transaction that is asked for.
   *
   * @throws RefusedException it is missing, or no name of one
   */
  static String transaction(Arguments arguments) throws RefusedException {
    try {
      return StagedChange.transaction(arguments.take(TRANSACTION));
    } catch (IllegalArgumentException e) {
      throw new RefusedException(null, String.valueOf(e.getMessage()));
    }
  }

  /** What the other side is told. {@link #isBusy} tells the one reason from the other. */
  static RefusedException refusal(StagingException e) {
    boolean busy = e.reason() == StagingException.Reason.BUSY;
    return new RefusedException(busy ? TRANSACTION : null, String.valueOf(e.getMessage()));
  }

  static boolean isBusy(@Nullable String field) {
    return TRANSACTION.equals(field);
  }

  /** An argument for the journal: the content of a file may hold a passphrase. */
  static String shown(String name, String value) {
    return name.startsWith(FILE)
        ? name + " (" + value.getBytes(StandardCharsets.UTF_8).length + " bytes)"
        : name + "=" + value;
  }
}
