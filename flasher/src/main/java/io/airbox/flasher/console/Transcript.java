package io.airbox.flasher.console;

import io.airbox.flasher.FlashException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Every byte of a console with the time when it came, in a folder of its own. {@code console.log}
 * holds the bytes as they came, {@code console.times} a line for each moment: how many bytes had
 * come before it, when it was, and what happened, if it was more than bytes. Both are on the disk a
 * second later, whatever happens then.
 *
 * <p>What is kept is bounded: of a console that never stops its beginning and its end. The end is
 * in {@code console.end.log} and, before that, {@code console.end.0.log}; the offsets of {@code
 * console.times} count what was left out as well.
 */
public final class Transcript implements AutoCloseable {
  /** The bytes, as they came. */
  public static final String CONSOLE = "console.log";

  /** When they came. */
  public static final String TIMES = "console.times";

  /** What became of the flash; written by whoever watches it. */
  public static final String REPORT = "report.json";

  private static final String END = "console.end.log";
  private static final String BEFORE_END = "console.end.0.log";
  private static final long BEGINNING_BYTES = 16L << 20;
  private static final long END_BYTES = 8L << 20;
  private static final Duration SECOND = Duration.ofSeconds(1);

  /** A moment is noted for so many bytes, or after a minute. */
  private static final long MOMENT_BYTES = 64;

  private static final Duration MOMENT = Duration.ofMinutes(1);

  /** Folders of earlier watches that are kept, and how much they may hold. */
  private static final int MOST_FOLDERS = 50;

  private static final long MOST_BYTES = 256L << 20;

  /** A folder that changed so lately may be in use. */
  private static final Duration IN_USE = Duration.ofHours(1);

  private static final DateTimeFormatter NAME =
      DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Path folder;
  private final InstantSource clock;
  private final long beginningBytes;
  private final long endBytes;
  private final FileChannel times;
  private FileChannel console;
  private long limit;
  private long inFile;
  private long offset;
  private long timedOffset = -1;
  private Instant timed = Instant.MIN;
  private Instant forced;
  private boolean unforced;

  private Transcript(Path folder, InstantSource clock, long beginningBytes, long endBytes)
      throws IOException {
    this.folder = folder;
    this.clock = clock;
    this.beginningBytes = beginningBytes;
    this.endBytes = endBytes;
    limit = beginningBytes;
    forced = clock.instant();
    console = create(CONSOLE);
    times = create(TIMES);
    force(folder);
  }

  /**
   * Begins one in a new folder, named after the time; old folders beside it are removed when there
   * are too many.
   *
   * @param root folder of all transcripts; made where it is missing
   * @throws FlashException {@code TRANSCRIPT}
   */
  public static Transcript create(Path root, InstantSource clock) {
    return create(root, clock, BEGINNING_BYTES, END_BYTES);
  }

  static Transcript create(Path root, InstantSource clock, long beginningBytes, long endBytes) {
    try {
      Files.createDirectories(root);
      prune(root, clock.instant());
      Path folder = newFolder(root, NAME.format(clock.instant()));
      force(root);
      return new Transcript(folder, clock, beginningBytes, endBytes);
    } catch (IOException e) {
      throw new FlashException(
          FlashException.Reason.TRANSCRIPT,
          "no transcript can be kept in " + root + ": " + e + "; choose another folder",
          e);
    }
  }

  private static Path newFolder(Path root, String name) throws IOException {
    for (int i = 0; ; i++) {
      Path folder = root.resolve(i == 0 ? name : name + "-" + i);
      try {
        return Files.createDirectory(folder);
      } catch (FileAlreadyExistsException e) {
        // another one began in the same second
      }
    }
  }

  private FileChannel create(String name) throws IOException {
    return FileChannel.open(
        folder.resolve(name),
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE);
  }

  /** The folder. */
  public Path folder() {
    return folder;
  }

  /** The file with the bytes. */
  public Path console() {
    return folder.resolve(CONSOLE);
  }

  /**
   * Keeps bytes that have just come.
   *
   * @throws IOException when they could not be written; what was kept before stays
   */
  public void append(byte[] bytes, int from, int length) throws IOException {
    Instant now = clock.instant();
    boolean due =
        offset - timedOffset >= MOMENT_BYTES || Duration.between(timed, now).compareTo(MOMENT) >= 0;
    if (timedOffset < 0 || (due && Duration.between(timed, now).compareTo(SECOND) >= 0)) {
      moment(now, "");
    }
    int at = from;
    int left = length;
    while (left > 0) {
      if (inFile >= limit) {
        next();
      }
      int count = (int) Math.min(left, limit - inFile);
      write(console, ByteBuffer.wrap(bytes, at, count));
      at += count;
      left -= count;
      inFile += count;
      offset += count;
    }
    unforced = true;
    tick();
  }

  /** Notes what happened, with its time. */
  public void note(String what) throws IOException {
    moment(clock.instant(), " " + what);
    tick();
  }

  /** Puts onto the disk what is a second old; call it now and then. */
  public void tick() throws IOException {
    Instant now = clock.instant();
    if (unforced && Duration.between(forced, now).compareTo(SECOND) >= 0) {
      force(now);
    }
  }

  private void force(Instant now) throws IOException {
    console.force(false);
    times.force(false);
    forced = now;
    unforced = false;
  }

  private void moment(Instant now, String what) throws IOException {
    String line = offset + " " + now + what.replaceAll("\\p{Cntrl}", " ") + "\n";
    write(times, ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
    timed = now;
    timedOffset = offset;
    unforced = true;
  }

  /** The file is full: the end goes on in two files in turn, of which the older one is dropped. */
  private void next() throws IOException {
    console.force(false);
    console.close();
    Path end = folder.resolve(END);
    if (Files.exists(end)) {
      Files.move(end, folder.resolve(BEFORE_END), StandardCopyOption.REPLACE_EXISTING);
    }
    console = create(END);
    force(folder);
    limit = endBytes;
    inFile = 0;
    boundTimes();
    note("goes on in " + END);
  }

  /** Of the moments, too, no more is kept than the beginning and a rest. */
  private void boundTimes() throws IOException {
    if (times.size() > beginningBytes) {
      times.truncate(beginningBytes / 2);
      times.position(times.size());
      write(times, ByteBuffer.wrap("\n".getBytes(StandardCharsets.UTF_8)));
    }
  }

  /**
   * Puts a file beside the transcript, whole or not at all.
   *
   * @param name as {@link #REPORT}
   */
  public void attach(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Path temporary = folder.resolve(name + ".tmp");
    try (FileChannel out =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      write(out, ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)));
      out.force(true);
    }
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    force(folder);
  }

  private static void write(FileChannel file, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      file.write(bytes);
    }
  }

  /** What a folder lists is on the disk; Windows has no such call, and needs none. */
  private static void force(Path folder) throws IOException {
    if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      try (FileChannel list = FileChannel.open(folder, StandardOpenOption.READ)) {
        list.force(true);
      }
    }
  }

  /** Puts everything onto the disk. */
  @Override
  public void close() throws IOException {
    try (times;
        FileChannel last = console) {
      if (last.isOpen()) {
        force(clock.instant());
      }
    }
  }

  private static void prune(Path root, Instant now) throws IOException {
    List<Path> folders;
    try (Stream<Path> all = Files.list(root)) {
      folders =
          all.filter(each -> Files.exists(each.resolve(CONSOLE)))
              .sorted(Comparator.comparing((Path each) -> each.getFileName().toString()).reversed())
              .toList();
    }
    long bytes = 0;
    int kept = 0;
    for (Path folder : folders) {
      List<Path> files = files(folder);
      for (Path file : files) {
        bytes += Files.size(file);
      }
      FileTime changed = Files.getLastModifiedTime(folder.resolve(CONSOLE));
      boolean idle = Duration.between(changed.toInstant(), now).compareTo(IN_USE) > 0;
      if (idle && (++kept >= MOST_FOLDERS || bytes > MOST_BYTES)) {
        for (Path file : files) {
          Files.deleteIfExists(file);
        }
        Files.deleteIfExists(folder);
      }
    }
  }

  /** The one by which a folder is known comes last, so that a removal can be gone on with. */
  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(Files::isRegularFile)
          .sorted(Comparator.comparing(file -> file.endsWith(CONSOLE)))
          .toList();
    }
  }
}
