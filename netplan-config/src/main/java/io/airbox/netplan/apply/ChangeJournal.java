package io.airbox.netplan.apply;

import io.airbox.netplan.staging.Disk;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The changes on disk:
 *
 * <pre>
 * transaction          the change under way or the last one, replaced as a whole at each step
 * transaction.new      its successor while it is written
 * history/NUMBER-ID    changes that came to their end, at most 200; the number counts up
 * </pre>
 *
 * <p>Each file has the form of {@link Properties}. Wherever the power fails, {@code transaction} is
 * whole; a change that ended and is not in the history yet is put there by {@link #open}. What is
 * no such file is left out, and {@code transaction} is then set aside as {@code
 * transaction.unreadable}: the side with root goes back by itself.
 */
final class ChangeJournal {
  static final int MOST_HISTORY = 200;

  private static final String CURRENT = "transaction";
  private static final Pattern NUMBERED = Pattern.compile("(\\d{8})-[a-z2-7]{26}");

  private final Path folder;
  private final Disk disk;
  private final Path history;

  /** Latest first. */
  private final Deque<Transaction> ended = new ArrayDeque<>();

  private final Deque<Path> files = new ArrayDeque<>();
  private long next;

  private ChangeJournal(Path folder, Disk disk) {
    this.folder = folder;
    this.disk = disk;
    this.history = folder.resolve("history");
  }

  /**
   * Opens a journal.
   *
   * @throws IOException the folder cannot be used
   */
  static ChangeJournal open(Path folder, Disk disk) throws IOException {
    ChangeJournal journal = new ChangeJournal(folder, disk);
    disk.createFolder(journal.history);
    journal.readHistory();
    return journal;
  }

  private void readHistory() throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(history)) {
      all.forEach(found::add);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    found.sort(null);
    for (Path file : found) {
      Matcher name = NUMBERED.matcher(String.valueOf(file.getFileName()));
      if (name.matches()) {
        next = Long.parseLong(name.group(1)) + 1;
        parse(read(file)).ifPresent(entry -> ended.addFirst(entry.transaction()));
        files.addLast(file);
      }
    }
  }

  /**
   * The change under way or the last one.
   *
   * @throws IOException it cannot be read
   */
  Optional<Entry> current() throws IOException {
    Path file = folder.resolve(CURRENT);
    String text;
    try {
      text = read(file);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    Optional<Entry> entry = parse(text);
    if (entry.isEmpty()) {
      disk.move(file, folder.resolve(CURRENT + ".unreadable"));
      disk.sync(folder);
    }
    return entry;
  }

  /** Changes that came to their end, latest first. */
  List<Transaction> history() {
    return List.copyOf(ended);
  }

  /**
   * Makes this the current change, and history if it has ended. Can be repeated.
   *
   * @throws IOException it cannot be written; what was there still counts
   */
  void write(Entry entry) throws IOException {
    replace(folder.resolve(CURRENT), entry);
    if (!entry.state().isEnd() || isLastInHistory(entry)) {
      return;
    }
    Path file = history.resolve(String.format(Locale.ROOT, "%08d-%s", next, entry.id()));
    replace(file, entry.withoutToken());
    next++;
    ended.addFirst(entry.transaction());
    files.addLast(file);
    while (files.size() > MOST_HISTORY) {
      disk.delete(files.removeFirst());
      if (ended.size() > MOST_HISTORY) {
        ended.removeLast();
      }
    }
  }

  private boolean isLastInHistory(Entry entry) {
    Transaction last = ended.peekFirst();
    return last != null && last.id().equals(entry.id());
  }

  private void replace(Path file, Entry entry) throws IOException {
    Path draft = folder.resolve(CURRENT + ".new");
    disk.delete(draft);
    disk.create(draft, text(entry).getBytes(StandardCharsets.UTF_8));
    disk.move(draft, file);
    disk.sync(file.equals(folder.resolve(CURRENT)) ? folder : history);
  }

  private static String read(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }

  private static String text(Entry entry) throws IOException {
    Transaction t = entry.transaction();
    Properties values = new Properties();
    values.setProperty("id", t.id());
    values.setProperty("plan", t.plan());
    values.setProperty("actor", t.actor());
    values.setProperty("state", t.state().name());
    values.setProperty("reason", t.reason());
    values.setProperty("started", t.started().toString());
    values.setProperty("ended", t.ended().toString());
    values.setProperty("window", t.window().toString());
    values.setProperty("deadline", t.deadline().toString());
    list(values, "url", t.urls());
    list(values, "origin", t.origins());
    values.setProperty("diff", t.diff());
    values.setProperty("boot", entry.boot());
    values.setProperty("due", entry.due().toString());
    values.setProperty("token-hash", entry.tokenHash());
    StringWriter text = new StringWriter();
    values.store(text, null);
    // what a draft that was cut off has not
    return text.append("end=\n").toString();
  }

  private static void list(Properties values, String name, List<String> list) {
    for (int i = 0; i < list.size(); i++) {
      values.setProperty(name + "." + i, list.get(i));
    }
  }

  private static Optional<Entry> parse(String text) {
    try {
      Properties values = new Properties();
      values.load(new StringReader(text));
      required(values, "end");
      return Optional.of(
          new Entry(
              new Transaction(
                  required(values, "id"),
                  required(values, "plan"),
                  required(values, "actor"),
                  ApplyState.valueOf(required(values, "state")),
                  required(values, "reason"),
                  Instant.parse(required(values, "started")),
                  Instant.parse(required(values, "ended")),
                  Duration.parse(required(values, "window")),
                  Instant.parse(required(values, "deadline")),
                  Duration.ZERO,
                  list(values, "url"),
                  list(values, "origin"),
                  required(values, "diff")),
              required(values, "boot"),
              Duration.parse(required(values, "due")),
              required(values, "token-hash")));
    } catch (IOException | IllegalArgumentException | DateTimeException e) {
      return Optional.empty();
    }
  }

  private static String required(Properties values, String name) {
    String value = values.getProperty(name);
    if (value == null) {
      throw new IllegalArgumentException(name);
    }
    return value;
  }

  private static List<String> list(Properties values, String name) {
    List<String> list = new ArrayList<>();
    for (int i = 0; ; i++) {
      String value = values.getProperty(name + "." + i);
      if (value == null) {
        return list;
      }
      list.add(value);
    }
  }
}
