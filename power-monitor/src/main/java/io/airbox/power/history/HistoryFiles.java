package io.airbox.power.history;

import io.airbox.power.storage.SegmentFolder;
import io.airbox.power.storage.Segments;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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

  private final Segments segments;
  private final long fileBytes;
  private Segments.Segment file;
  private SegmentCodec codec;
  private long number;
  private long length;

  HistoryFiles(Segments segments, long mostBytes) throws IOException {
    this.segments = segments;
    this.fileBytes = mostBytes / FILES;
    List<Long> numbers = segments.numbers();
    number = numbers.isEmpty() ? 1 : numbers.get(numbers.size() - 1);
    codec = new SegmentCodec();
    byte[] content = numbers.isEmpty() ? new byte[0] : segments.read(number);
    length = codec.decode(content).bytes();
    file = segments.open(number);
    try {
      if (length < content.length) {
        file.cut(length); // what a power cut left half
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
    return new HistoryFiles(new SegmentFolder(folder, "minutes"), mostBytes);
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
      codec.decode(Arrays.copyOf(segments.read(number), (int) length));
      throw e;
    }
  }

  /** The next one begins; the oldest goes first, so that there is room for it. */
  private void next() throws IOException {
    List<Long> numbers = segments.numbers();
    for (long old : numbers.subList(0, Math.max(0, numbers.size() - FILES + 2))) {
      segments.delete(old);
    }
    Segments.Segment full = file;
    file = segments.open(number + 1);
    full.close();
    number++;
    length = 0;
    codec = new SegmentCodec();
    file.cut(0);
    begin();
  }

  private void begin() throws IOException {
    write(SegmentCodec.header());
    codec.decode(SegmentCodec.header());
    segments.flush();
  }

  private void write(byte[] bytes) throws IOException {
    file.write(length, bytes);
    file.flush();
    length += bytes.length;
  }

  /**
   * The minutes that ended at a time or after it and before another, in the order in which they
   * were added.
   *
   * @throws IOException a file cannot be read
   */
  public List<Minute> minutes(Instant from, Instant to) throws IOException {
    List<Minute> found = new ArrayList<>();
    for (long each : segments.numbers()) {
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

  private byte[] content(long each) throws IOException {
    try {
      return segments.read(each);
    } catch (NoSuchFileException e) {
      return new byte[0]; // the oldest one, which went meanwhile
    }
  }

  @Override
  public synchronized void close() throws IOException {
    file.close();
  }
}
