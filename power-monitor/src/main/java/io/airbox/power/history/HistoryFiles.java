package io.airbox.power.history;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Minutes on the disk, in files that are only added to and of which the oldest goes when all have
 * their size. Each minute is flushed before {@link #add} returns, so a power cut costs the minute
 * that was being written and nothing else. Age deletes nothing: a clock that is wrong must not.
 *
 * <p>One process writes; any of its threads may call.
 */
public final class HistoryFiles implements AutoCloseable {
  /** Thirty days of fifty readings, were they noise. */
  public static final long USUAL_BYTES = 24L << 20;

  private static final int FILES = 16;
  private static final int LEAST_FILE = 1 << 7;
  private static final Pattern NAME = Pattern.compile("\\d{10}\\.minutes");

  private final Path folder;
  private final long fileBytes;
  private RandomAccessFile file;
  private SegmentCodec codec;
  private long number;
  private long length;

  private HistoryFiles(Path folder, long mostBytes) throws IOException {
    this.folder = folder;
    this.fileBytes = mostBytes / FILES;
    List<Path> files = files();
    number = files.isEmpty() ? 1 : number(files.get(files.size() - 1));
    codec = new SegmentCodec();
    Path last = path(number);
    byte[] content = files.isEmpty() ? new byte[0] : Files.readAllBytes(last);
    length = codec.decode(content).bytes();
    file = new RandomAccessFile(last.toFile(), "rw");
    try {
      if (length < content.length) {
        file.setLength(length); // what a power cut left half
      }
      if (length == 0) {
        begin();
      }
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  /**
   * Opens the history in a folder, which is made when there is none.
   *
   * @param mostBytes of all files together, 2048 or more; a minute has to fit into a sixteenth
   * @throws IOException nothing was lost
   */
  public static HistoryFiles open(Path folder, long mostBytes) throws IOException {
    if (mostBytes < (long) FILES * LEAST_FILE) {
      throw new IllegalArgumentException("a history needs 2048 bytes or more, not " + mostBytes);
    }
    Files.createDirectories(folder);
    return new HistoryFiles(folder, mostBytes);
  }

  /**
   * Adds a minute; it is on the disk when this returns.
   *
   * @throws IOException it may or may not be there; those before are, and the next one can be added
   */
  public synchronized void add(Minute minute) throws IOException {
    if (length == 0) {
      begin(); // there was no room for it before
    }
    byte[] bytes = codec.encode(minute);
    if (length + bytes.length > fileBytes) {
      next();
      bytes = codec.encode(minute);
    }
    try {
      write(bytes);
    } catch (IOException e) {
      // ids that this minute named first are not in the file: what it knows is what is in it
      codec = new SegmentCodec();
      codec.decode(Arrays.copyOf(Files.readAllBytes(path(number)), (int) length));
      throw e;
    }
  }

  /** The next one begins; the oldest goes first, so that there is room for it. */
  private void next() throws IOException {
    List<Path> files = files();
    for (Path old : files.subList(0, Math.max(0, files.size() - FILES + 2))) {
      Files.delete(old);
    }
    RandomAccessFile full = file;
    file = new RandomAccessFile(path(number + 1).toFile(), "rw");
    full.close();
    number++;
    length = 0;
    codec = new SegmentCodec();
    file.setLength(0);
    begin();
  }

  private void begin() throws IOException {
    write(SegmentCodec.header());
    codec.decode(SegmentCodec.header());
    flushFolder();
  }

  /** Not through a channel: an interrupt would close it. */
  private void write(byte[] bytes) throws IOException {
    file.seek(length);
    file.write(bytes);
    file.getFD().sync();
    length += bytes.length;
  }

  private void flushFolder() throws IOException {
    boolean interrupted = Thread.interrupted();
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * The minutes that ended at a time or after it and before another, in the order in which they
   * were added.
   *
   * @throws IOException a file cannot be read
   */
  public List<Minute> minutes(Instant from, Instant to) throws IOException {
    List<Minute> found = new ArrayList<>();
    for (Path each : files()) {
      for (Minute minute : new SegmentCodec().decode(content(each)).minutes()) {
        if (!minute.end().isBefore(from) && minute.end().isBefore(to)) {
          found.add(minute);
        }
      }
    }
    return found;
  }

  /**
   * A reading over a time.
   *
   * @param parts how many parts there may be, at least 1
   * @return those with values, the oldest first
   * @throws IOException a file cannot be read
   */
  public List<Span> spans(String id, Instant from, Instant to, int parts) throws IOException {
    return spans(List.of(id), from, to, to, parts).getOrDefault(id, List.of());
  }

  /**
   * Several readings over a time, in one pass over the files; each id has its spans.
   *
   * @param known minutes that ended at that time or after it are left out
   */
  public Map<String, List<Span>> spans(
      List<String> ids, Instant from, Instant to, Instant known, int parts) throws IOException {
    Map<String, List<Span.At>> values = new LinkedHashMap<>();
    ids.forEach(id -> values.put(id, new ArrayList<>()));
    for (Minute minute : minutes(from, known)) {
      values.forEach(
          (id, found) -> {
            Series series = minute.series().get(id);
            if (series != null) {
              found.add(new Span.At(minute.end(), series.summary()));
            }
          });
    }
    Map<String, List<Span>> spans = new LinkedHashMap<>();
    values.forEach((id, found) -> spans.put(id, Span.of(found, from, to, parts)));
    return spans;
  }

  private static byte[] content(Path file) throws IOException {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return new byte[0]; // the oldest one, which went meanwhile
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> each = Files.list(folder)) {
      return each.filter(path -> NAME.matcher(String.valueOf(path.getFileName())).matches())
          .sorted()
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private Path path(long fileNumber) {
    return folder.resolve(String.format(Locale.ROOT, "%010d.minutes", fileNumber));
  }

  private static long number(Path path) {
    String name = String.valueOf(path.getFileName());
    return Long.parseLong(name.substring(0, name.indexOf('.')));
  }

  @Override
  public synchronized void close() throws IOException {
    file.close();
  }
}
