package io.airbox.power.storage;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Segments in a folder of the file system: {@code 0000000001.SUFFIX} and so on. */
public final class SegmentFolder implements Segments {
  private final Path folder;
  private final String suffix;
  private final Pattern name;

  /**
   * In a folder that is made when there is none, for the user that runs this program alone.
   *
   * @param suffix how the names of its files end; others are left alone
   */
  public SegmentFolder(Path folder, String suffix) throws IOException {
    this.folder = folder;
    this.suffix = suffix;
    this.name = Pattern.compile("\\d{10}\\." + Pattern.quote(suffix));
    DurableFile.createFolder(folder);
  }

  @Override
  public List<Long> numbers() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(each -> name.matcher(each).matches())
          .map(each -> Long.valueOf(each.substring(0, each.indexOf('.'))))
          .sorted()
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private Path path(long number) {
    return folder.resolve(String.format(Locale.ROOT, "%010d.%s", number, suffix));
  }

  @Override
  public byte[] read(long number) throws IOException {
    return Files.readAllBytes(path(number));
  }

  @Override
  public byte[] read(long number, long from, int length) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path(number).toFile(), "r")) {
      return part(file, from, length);
    }
  }

  private static byte[] part(RandomAccessFile file, long from, int length) throws IOException {
    byte[] bytes = new byte[length];
    file.seek(from);
    file.readFully(bytes);
    return bytes;
  }

  @Override
  public Segment open(long number) throws IOException {
    return new Open(new RandomAccessFile(path(number).toFile(), "rw"));
  }

  @Override
  public void replace(long number, byte[] content) throws IOException {
    DurableFile.replace(path(number), content);
  }

  @Override
  public void delete(long number) throws IOException {
    Files.deleteIfExists(path(number));
  }

  @Override
  public void flush() throws IOException {
    DurableFile.flushFolder(folder);
  }

  @Override
  public String toString() {
    return folder.toString();
  }

  /** Not through a channel: an interrupt would close it. */
  private record Open(RandomAccessFile file) implements Segment {
    @Override
    public void write(long at, byte[] bytes) throws IOException {
      file.seek(at);
      file.write(bytes);
    }

    @Override
    public void cut(long length) throws IOException {
      file.setLength(length);
    }

    @Override
    public void flush() throws IOException {
      file.getFD().sync();
    }

    @Override
    public byte[] read(long from, int length) throws IOException {
      return part(file, from, length);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
