package io.airbox.flasher.card;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A mounted card. The files that a box starts from, also those of another package, are removed
 * first and come back last, when all others are on the card; each file has another name until it is
 * there whole, and one whose bytes are there already stays.
 */
final class FolderMedium implements CardMedium {
  /** In the order in which they come back: what the chip starts from, then what starts a flash. */
  static final List<String> STARTERS = List.of("fip.bin", "boot.scr");

  /** The name of a file that is not whole. */
  static final String UNFINISHED = "airbox.tmp";

  private static final long SYNC_EVERY = 32L << 20;

  /** Waiting for the card for each of them takes longer than writing it; they wait together. */
  private static final int SMALL = 1 << 20;

  private final Path root;
  private final List<Path> unsyncedFiles = new ArrayList<>();
  private final Set<String> missing = new HashSet<>();
  private final Map<String, ByteArrayOutputStream> starters = new LinkedHashMap<>();
  private long kept;

  private FolderMedium(Path root) {
    this.root = root;
  }

  /**
   * Begins a copy.
   *
   * @param names of all files that will come
   */
  static FolderMedium begin(Path root, Set<String> names) throws IOException {
    FolderMedium medium = new FolderMedium(root);
    medium.missing.addAll(names);
    boolean removed = Files.deleteIfExists(root.resolve(UNFINISHED));
    for (String starter : STARTERS) {
      removed |= Files.deleteIfExists(root.resolve(starter));
    }
    if (removed) {
      sync(root);
    }
    return medium;
  }

  private static boolean starter(String name) {
    return STARTERS.contains(name.toLowerCase(Locale.ROOT));
  }

  @Override
  public OutputStream file(String name, long bytes) throws IOException {
    if (!missing.contains(name)) {
      throw CardMedium.changed(name);
    }
    if (starter(name)) {
      ByteArrayOutputStream content = new ByteArrayOutputStream();
      starters.put(name, content);
      return content;
    }
    return new Contents(name, bytes, bytes > SMALL);
  }

  @Override
  public void complete() throws IOException {
    for (String name : missing) {
      if (!starters.containsKey(name)) {
        throw CardMedium.changed(name);
      }
    }
    for (Path file : unsyncedFiles) {
      sync(file, StandardOpenOption.WRITE);
    }
    sync(root);
    for (String starter : STARTERS) {
      for (Map.Entry<String, ByteArrayOutputStream> each : starters.entrySet()) {
        if (each.getKey().equalsIgnoreCase(starter)) {
          try (OutputStream out = new Contents(each.getKey(), each.getValue().size(), true)) {
            each.getValue().writeTo(out);
          }
        }
      }
    }
  }

  @Override
  public long kept() {
    return kept;
  }

  /** Windows has no such thing as syncing a folder. */
  static void sync(Path folder) throws IOException {
    if (!System.getProperty("os.name").startsWith("Windows")) {
      sync(folder, StandardOpenOption.READ);
    }
  }

  private static void sync(Path path, StandardOpenOption how) throws IOException {
    try (FileChannel channel = FileChannel.open(path, how)) {
      channel.force(true);
    }
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(root.resolve(UNFINISHED));
  }

  /**
   * A file. While its bytes are those that are there already, nothing is written; from the first
   * other one on, it is.
   */
  private final class Contents extends OutputStream {
    private final String name;
    private final Path file;
    private final long bytes;
    private final byte[] there = new byte[1 << 16];

    /** What is there already, as long as nothing else came. */
    private @Nullable InputStream old;

    private @Nullable FileChannel fresh;
    private final boolean atOnce;
    private long done;
    private long unsynced;

    Contents(String name, long bytes, boolean atOnce) throws IOException {
      this.name = name;
      this.bytes = bytes;
      this.atOnce = atOnce;
      file = root.resolve(name);
      if (Files.isRegularFile(file) && Files.size(file) == bytes) {
        old = Files.newInputStream(file);
      } else {
        Files.deleteIfExists(file);
        fresh = unfinished();
      }
    }

    private FileChannel unfinished() throws IOException {
      return FileChannel.open(
          root.resolve(UNFINISHED),
          StandardOpenOption.WRITE,
          StandardOpenOption.CREATE,
          StandardOpenOption.TRUNCATE_EXISTING);
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      if (done + length > bytes) {
        throw CardMedium.changed(name);
      }
      if (old != null && !alike(old, source, offset, length)) {
        old.close();
        old = null;
        fresh = beginning();
      }
      if (fresh != null) {
        append(fresh, ByteBuffer.wrap(source, offset, length));
      }
      done += length;
    }

    private boolean alike(InputStream in, byte[] source, int offset, int length)
        throws IOException {
      for (int at = 0; at < length; at += there.length) {
        int count = Math.min(there.length, length - at);
        if (in.readNBytes(there, 0, count) < count
            || !Arrays.equals(there, 0, count, source, offset + at, offset + at + count)) {
          return false;
        }
      }
      return true;
    }

    /** A new file with what was alike of the old one, which is removed to make room. */
    private FileChannel beginning() throws IOException {
      FileChannel channel = unfinished();
      try (InputStream in = Files.newInputStream(file)) {
        for (long at = 0; at < done; at += there.length) {
          int count = in.readNBytes(there, 0, (int) Math.min(there.length, done - at));
          append(channel, ByteBuffer.wrap(there, 0, count));
        }
      } catch (IOException e) {
        channel.close();
        throw e;
      }
      Files.delete(file);
      return channel;
    }

    private void append(FileChannel channel, ByteBuffer source) throws IOException {
      unsynced += source.remaining();
      while (source.hasRemaining()) {
        channel.write(source);
      }
      if (unsynced >= SYNC_EVERY) {
        channel.force(false);
        unsynced = 0;
      }
    }

    @Override
    public void close() throws IOException {
      try (FileChannel channel = fresh) {
        if (old != null) {
          old.close();
        }
        if (done == bytes && channel != null && atOnce) {
          channel.force(true);
        }
      }
      if (done == bytes && missing.remove(name)) {
        if (fresh == null) {
          FolderMedium.this.kept += bytes;
        } else {
          Files.move(
              root.resolve(UNFINISHED),
              file,
              StandardCopyOption.ATOMIC_MOVE,
              StandardCopyOption.REPLACE_EXISTING);
          if (atOnce) {
            // FAT's rename makes an entry of no length, and the file's own sync fills it in
            sync(file, StandardOpenOption.WRITE);
            sync(root);
          } else {
            unsyncedFiles.add(file);
          }
        }
      }
    }
  }
}
