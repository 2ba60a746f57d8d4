package io.airbox.daemon.tls.client;

import io.airbox.daemon.storage.DurableFiles;
import io.airbox.daemon.tls.Fingerprint;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The public keys by which boxes are known: a text file with a line {@code host:port fingerprint}
 * for each. Lines that begin with {@code #} and empty ones are kept as they are.
 *
 * <p>Safe for use by several threads and processes: readers see the file before or after a change,
 * and changes happen one after the other, under a lock on {@code FILE.lock}.
 */
public final class KnownBoxes {
  private static final Pattern BLANK = Pattern.compile("\\s+");

  /** Within a process a file lock does not keep threads apart, it fails. */
  private static final Object CHANGING = new Object();

  private final Path file;

  /**
   * The boxes in a file, which need not be there.
   *
   * @param file such as {@code ~/.airbox/known_boxes}
   */
  public KnownBoxes(Path file) {
    this.file = file.toAbsolutePath();
  }

  /** Where they are kept, for messages. */
  public Path file() {
    return file;
  }

  /**
   * The key by which a box is known.
   *
   * @throws IOException the file cannot be read, or a line of it is not as it should be: passing
   *     over it might take a box that changed for a new one
   */
  public Optional<Fingerprint> find(BoxAddress box) throws IOException {
    Optional<Fingerprint> found = Optional.empty();
    List<String> lines = lines();
    for (int i = 0; i < lines.size(); i++) {
      if (isEntry(lines.get(i))) {
        Entry entry = entry(lines.get(i), i + 1);
        if (entry.box().equals(box.toString())) {
          found = Optional.of(entry.key());
        }
      }
    }
    return found;
  }

  /**
   * Knows a box by this key from now on, whatever it was known by before.
   *
   * @throws IOException the file is as it was
   */
  public void remember(BoxAddress box, Fingerprint key) throws IOException {
    change(box, List.of(box + " " + key));
  }

  /**
   * Forgets a box, so that it is asked about again.
   *
   * @return whether it was known
   * @throws IOException the file is as it was
   */
  public boolean forget(BoxAddress box) throws IOException {
    return change(box, List.of());
  }

  private boolean change(BoxAddress box, List<String> added) throws IOException {
    Path folder = file.getParent();
    if (folder == null) {
      throw new NoSuchFileException(file.toString(), null, "is not a file");
    }
    DurableFiles.createFolder(folder);
    synchronized (CHANGING) {
      try (FileChannel channel =
              FileChannel.open(
                  file.resolveSibling(file.getFileName() + ".lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock held = channel.lock()) {
        List<String> before = lines();
        List<String> after = new ArrayList<>();
        for (int i = 0; i < before.size(); i++) {
          String line = before.get(i);
          if (!isEntry(line) || !entry(line, i + 1).box().equals(box.toString())) {
            after.add(line);
          }
        }
        boolean known = after.size() < before.size();
        after.addAll(added);
        if (held.isValid() && !after.equals(before)) {
          String text = after.isEmpty() ? "" : String.join("\n", after) + "\n";
          DurableFiles.replace(file, text.getBytes(StandardCharsets.UTF_8));
        }
        return known;
      }
    }
  }

  private record Entry(String box, Fingerprint key) {}

  private static boolean isEntry(String line) {
    return !line.isBlank() && !line.startsWith("#");
  }

  private Entry entry(String line, int number) throws IOException {
    String[] fields = BLANK.split(line.strip());
    if (fields.length == 2) {
      try {
        return new Entry(fields[0], Fingerprint.parse(fields[1]));
      } catch (IllegalArgumentException e) {
        throw malformed(number, e);
      }
    }
    throw malformed(number, null);
  }

  private IOException malformed(int number, @Nullable Exception cause) {
    return new IOException(
        file
            + ", line "
            + number
            + " is not \"host:port SHA-256\"; mend or delete it, and the box in it is asked about"
            + " again",
        cause);
  }

  private List<String> lines() throws IOException {
    try {
      return Files.readAllLines(file, StandardCharsets.UTF_8);
    } catch (NoSuchFileException none) {
      return List.of();
    }
  }
}
