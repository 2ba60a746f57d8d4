package io.airbox.daemon.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbox.daemon.access.AccessException.Reason;
import io.airbox.daemon.storage.DurableFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * What was done to the box and what was tried, in {@code audit.jsonl}: one JSON object a line, only
 * ever added to. A full file becomes {@code audit.1.jsonl}, that one {@code audit.2.jsonl}, and the
 * oldest goes. Entries are numbered 1, 2, 3, … over all files and starts. What a power cut left of
 * a last line is dropped when the log is opened. Thread-safe.
 */
public final class AuditLog implements AutoCloseable {
  static final String FILE = "audit.jsonl";

  /** Outcome of what was done. */
  public static final String DONE = "done";

  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
  private static final int LARGEST_PAGE = 1000;
  private static final int SHORT = 64;
  private static final int LONG = 512;

  /** Refusals that are written per minute; strangers cause them. */
  private static final int REFUSALS_PER_MINUTE = 60;

  private static final String ALL = "";

  private final Path folder;
  private final Path current;
  private final AccessOptions options;
  private final InstantSource clock;
  private final RateLimiter refusals;

  /** Held while files change or are read. */
  private final Object files = new Object();

  private final Object lock = new Object();
  // guarded by the lock
  private final Deque<Unwritten> waiting = new ArrayDeque<>();
  private long suppressed;

  // guarded by files
  private RandomAccessFile file;
  private long length;
  private long next;

  /** An entry without its number. */
  private record Unwritten(
      Instant time,
      Caller caller,
      String action,
      @Nullable String target,
      @Nullable String before,
      @Nullable String after,
      String outcome) {}

  private AuditLog(
      Path folder,
      AccessOptions options,
      InstantSource clock,
      LongSupplier nanoTime,
      RandomAccessFile file)
      throws IOException {
    this.folder = folder;
    this.current = folder.resolve(FILE);
    this.options = options;
    this.clock = clock;
    this.refusals = new RateLimiter(REFUSALS_PER_MINUTE, nanoTime);
    this.file = file;
    this.length = file.length();
    this.next = lastNumber() + 1;
  }

  /**
   * Opens the log, and drops what a crash left of its last line.
   *
   * @throws AccessException {@code STORAGE_FAULT}
   */
  static AuditLog open(
      Path folder, AccessOptions options, InstantSource clock, LongSupplier nanoTime) {
    try {
      DurableFiles.createFolder(folder);
      RandomAccessFile file = openFile(folder.resolve(FILE));
      AuditLog log = null;
      try {
        dropTornLine(folder.resolve(FILE), file);
        log = new AuditLog(folder, options, clock, nanoTime, file);
        return log;
      } finally {
        if (log == null) {
          file.close();
        }
      }
    } catch (IOException failure) {
      throw fault(folder, "opened", failure);
    }
  }

  private static AccessException fault(Path path, String done, IOException failure) {
    return AccessException.file(
        Reason.STORAGE_FAULT,
        "the audit log " + path + " cannot be " + done + ": " + failure,
        failure);
  }

  private static RandomAccessFile openFile(Path path) throws IOException {
    if (Files.notExists(path)) {
      DurableFiles.createFile(path);
      Path folder = path.getParent();
      if (folder != null) {
        DurableFiles.flushFolder(folder);
      }
    }
    // not a FileChannel: an interrupt would close it
    return new RandomAccessFile(path.toFile(), "rw");
  }

  private static void dropTornLine(Path path, RandomAccessFile file) throws IOException {
    try (LinesFromEnd lines = new LinesFromEnd(path)) {
      byte[] torn = lines.previous();
      if (torn != null && torn.length > 0) {
        Logger.warn("{}: its last line was not finished and is dropped", path);
        file.setLength(file.length() - torn.length);
        file.getFD().sync();
      }
    }
  }

  private long lastNumber() throws IOException {
    for (Path path : newestFirst()) {
      try (LinesFromEnd lines = new LinesFromEnd(path)) {
        for (byte[] line = lines.previous(); line != null; line = lines.previous()) {
          Optional<AuditEntry> entry = parse(line);
          if (entry.isPresent()) {
            return entry.get().number();
          }
        }
      }
    }
    return 0;
  }

  private List<Path> newestFirst() {
    List<Path> paths = new ArrayList<>();
    paths.add(current);
    for (int age = 1; age <= options.auditFiles(); age++) {
      paths.add(full(age));
    }
    paths.removeIf(Files::notExists);
    return paths;
  }

  private Path full(int age) {
    return folder.resolve("audit." + age + ".jsonl");
  }

  /** Whether a log with something in it is in that folder. */
  static boolean begun(Path folder) {
    Path newest = folder.resolve(FILE);
    try {
      return Files.exists(folder.resolve("audit.1.jsonl"))
          || (Files.exists(newest) && Files.size(newest) > 0);
    } catch (IOException failure) {
      throw fault(folder, "read", failure);
    }
  }

  /**
   * Writes down what happened; it is on the disk when this returns. It never fails: what cannot be
   * written is logged as an error, for an owner must be able to act on a box whose disk is full.
   * Overlong texts are cut.
   *
   * @param action what, as {@code system.hostname}; lower case with dots
   * @param target to what; null where the action says it all
   * @param before the state before; never a secret
   * @param after the state after; never a secret
   * @param outcome {@link #DONE}, or the code of a failure
   */
  public void record(
      Caller caller,
      String action,
      @Nullable String target,
      @Nullable String before,
      @Nullable String after,
      String outcome) {
    synchronized (lock) {
      waiting.add(new Unwritten(clock.instant(), caller, action, target, before, after, outcome));
    }
    flush();
  }

  /**
   * Notes that something was refused; it does not wait for the disk, and the next {@link
   * Access#tick} or {@link #record} writes it. Of more than 60 a minute the rest is counted only.
   *
   * @param outcome the code of the refusal
   */
  public void refused(Caller caller, String action, @Nullable String target, String outcome) {
    synchronized (lock) {
      if (refusals.take(ALL).isPresent()) {
        suppressed++;
        return;
      }
      if (suppressed > 0) {
        waiting.add(
            new Unwritten(
                clock.instant(),
                caller,
                "audit.left.out",
                null,
                null,
                suppressed + " refusals",
                "TOO_MANY"));
        suppressed = 0;
      }
      waiting.add(new Unwritten(clock.instant(), caller, action, target, null, null, outcome));
    }
  }

  /** Writes what was noted. */
  void flush() {
    synchronized (files) {
      List<Unwritten> entries;
      synchronized (lock) {
        entries = List.copyOf(waiting);
        waiting.clear();
      }
      for (Unwritten entry : entries) {
        try {
          write(entry);
        } catch (IOException failure) {
          Logger.error(
              "{} cannot be written ({}); what it lacks: {} by {} from {}: {}",
              current,
              failure,
              entry.action,
              entry.caller.actor().id(),
              entry.caller.address(),
              entry.outcome);
        }
      }
    }
  }

  private void write(Unwritten entry) throws IOException {
    byte[] line = line(entry);
    if (length > 0 && length + line.length > options.auditBytes()) {
      rotate();
    }
    try {
      file.seek(length);
      file.write(line);
      file.getFD().sync();
    } catch (IOException failure) {
      try {
        file.setLength(length);
      } catch (IOException second) {
        failure.addSuppressed(second);
      }
      throw failure;
    }
    length += line.length;
    next++;
  }

  private void rotate() throws IOException {
    for (int age = options.auditFiles(); age > 0; age--) {
      Path from = age == 1 ? current : full(age - 1);
      if (Files.exists(from)) {
        Files.move(from, full(age), StandardCopyOption.ATOMIC_MOVE);
      }
    }
    DurableFiles.flushFolder(folder);
    // until the new one is there the old one, whatever its name, takes the entries
    RandomAccessFile fresh = openFile(current);
    file.close();
    file = fresh;
    length = file.length();
  }

  private byte[] line(Unwritten entry) throws IOException {
    ObjectNode node = JSON.createObjectNode();
    node.put("number", next);
    node.put("time", entry.time.truncatedTo(ChronoUnit.MILLIS).toString());
    node.put("actor", cut(entry.caller.actor().id(), SHORT));
    node.put("address", cut(entry.caller.address(), SHORT));
    node.put("channel", entry.caller.channel().id());
    node.put("action", cut(entry.action, SHORT));
    node.put("target", cut(entry.target, LONG));
    node.put("before", cut(entry.before, LONG));
    node.put("after", cut(entry.after, LONG));
    node.put("outcome", cut(entry.outcome, SHORT));
    return (JSON.writeValueAsString(node) + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  private static @Nullable String cut(@Nullable String text, int most) {
    if (text == null) {
      return null;
    }
    // the one control character that JSON need not escape
    String visible = text.replace('\u007f', '\ufffd');
    return visible.length() <= most ? visible : visible.substring(0, most - 1) + "…";
  }

  private static Optional<AuditEntry> parse(byte[] line) {
    if (line.length == 0) {
      return Optional.empty();
    }
    try {
      JsonNode node = JSON.readTree(line);
      return Optional.of(
          new AuditEntry(
              node.required("number").longValue(),
              Instant.parse(node.required("time").textValue()),
              node.required("actor").textValue(),
              node.required("address").textValue(),
              node.required("channel").textValue(),
              node.required("action").textValue(),
              node.required("target").textValue(),
              node.required("before").textValue(),
              node.required("after").textValue(),
              node.required("outcome").textValue()));
    } catch (JsonProcessingException | IllegalArgumentException | DateTimeException damaged) {
      return Optional.empty();
    } catch (IOException impossible) {
      throw new IllegalStateException("bytes in memory cannot be read", impossible);
    }
  }

  /**
   * The log, newest first, including what was noted. Damaged lines are left out.
   *
   * @param limit at most this many, 1…1000
   * @param before number before which to go on (the last one of the page before), or null to begin
   * @throws IllegalArgumentException {@code limit} or {@code before} is out of range
   * @throws AccessException {@code STORAGE_FAULT}
   */
  public List<AuditEntry> read(int limit, @Nullable Long before) {
    if (limit < 1 || limit > LARGEST_PAGE) {
      throw new IllegalArgumentException("limit must be 1…" + LARGEST_PAGE + ", was " + limit);
    }
    if (before != null && before < 1) {
      throw new IllegalArgumentException("before must be at least 1, was " + before);
    }
    flush();
    List<AuditEntry> page = new ArrayList<>();
    synchronized (files) {
      try {
        for (Path path : newestFirst()) {
          try (LinesFromEnd lines = new LinesFromEnd(path)) {
            for (byte[] line = lines.previous();
                line != null && page.size() < limit;
                line = lines.previous()) {
              parse(line)
                  .filter(entry -> before == null || entry.number() < before)
                  .ifPresent(page::add);
            }
          }
        }
      } catch (IOException failure) {
        throw fault(folder, "read", failure);
      }
    }
    return page;
  }

  /** Writes what was noted and closes the file; nothing can be recorded any more. */
  @Override
  public void close() {
    flush();
    synchronized (files) {
      try {
        file.close();
      } catch (IOException failure) {
        throw fault(folder, "closed", failure);
      }
    }
  }
}
