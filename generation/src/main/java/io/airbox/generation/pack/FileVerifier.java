package io.airbox.generation.pack;

import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationException.Reason;
import io.airbox.generation.Message;
import io.airbox.generation.pack.PackManifest.PackFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * Checks that the files of a pack are what its manifest says, by SHA-256. Reading gigabytes at
 * every start would be slow, so a result is remembered, in memory and if wanted on disk, together
 * with the file's path, length, time of modification and inode: as long as these stay, the file is
 * not read again. Thread-safe.
 */
public final class FileVerifier {
  private static final int REMEMBERED = 500;

  /** A file changed this recently may change again without its time of modification showing it. */
  private static final Duration SETTLED = Duration.ofSeconds(2);

  private final @Nullable Path memory;
  private final InstantSource clock;
  private final Map<String, String> digests = new LinkedHashMap<>();

  /** Remembers as long as it lives. */
  public FileVerifier() {
    this(null, InstantSource.system());
  }

  /**
   * Remembers across starts.
   *
   * @param memory file to remember in; made when it is missing, ignored when it cannot be read
   */
  public FileVerifier(Path memory) {
    this(memory, InstantSource.system());
  }

  FileVerifier(@Nullable Path memory, InstantSource clock) {
    this.memory = memory;
    this.clock = clock;
    if (memory != null) {
      recall(memory);
    }
  }

  /**
   * Checks the tokenizer and the networks of one engine.
   *
   * @throws GenerationException {@code INVALID_PACK} naming every file that differs
   */
  public void verify(ModelPack pack, String engine) {
    Map<String, PackFile> files = new LinkedHashMap<>();
    files.put("/text/tokenizer", pack.manifest().text().tokenizer());
    files.putAll(pack.files(engine));
    check(pack, files);
  }

  /**
   * Checks every file of a pack.
   *
   * @throws GenerationException {@code INVALID_PACK} naming every file that differs
   */
  public void verifyAll(ModelPack pack) {
    check(pack, pack.files());
  }

  private synchronized void check(ModelPack pack, Map<String, PackFile> files) {
    List<PackProblem> problems = new ArrayList<>();
    int known = digests.size();
    boolean[] read = {false};
    files.forEach(
        (pointer, file) -> {
          try {
            String actual = digest(pack.path(file), read);
            if (!actual.equals(file.sha256())) {
              problems.add(
                  new PackProblem(
                      pointer + "/sha256",
                      Message.of(
                          "%s is damaged or was exchanged: its SHA-256 is %s instead of %s; copy the pack again",
                          file.file(), actual, file.sha256())));
            }
          } catch (IOException e) {
            problems.add(new PackProblem(pointer + "/file", file.file() + " cannot be read: " + e));
          }
        });
    if (memory != null && (read[0] || known != digests.size())) {
      remember(memory);
    }
    if (!problems.isEmpty()) {
      throw new GenerationException(
          Reason.INVALID_PACK,
          Message.of(
              "pack %s in %s cannot be used:\n%s",
              pack.manifest().name(), pack.folder(), PackProblem.describe(problems)));
    }
  }

  private String digest(Path file, boolean[] read) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    Instant modified = attributes.lastModifiedTime().toInstant();
    String key =
        Message.of(
            "%s|%d|%s|%s", file.toRealPath(), attributes.size(), modified, attributes.fileKey());
    String remembered = digests.get(key);
    if (remembered != null) {
      return remembered;
    }
    String digest = Sha256.of(file);
    read[0] = true;
    if (modified.plus(SETTLED).isBefore(clock.instant()) && key.indexOf('\n') < 0) {
      digests.put(key, digest);
      forgetOldest();
    }
    return digest;
  }

  private void forgetOldest() {
    Iterator<String> keys = digests.keySet().iterator();
    while (digests.size() > REMEMBERED) {
      keys.next();
      keys.remove();
    }
  }

  private void recall(Path file) {
    if (!Files.isRegularFile(file)) {
      return;
    }
    try {
      for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
        int blank = line.indexOf(' ');
        if (blank == 64) {
          digests.put(line.substring(blank + 1), line.substring(0, blank));
        }
      }
    } catch (IOException e) {
      Logger.debug(e, "{} is not readable, files are checked anew", file);
    }
  }

  private void remember(Path file) {
    StringBuilder text = new StringBuilder();
    digests.forEach((key, digest) -> text.append(digest).append(' ').append(key).append('\n'));
    Path temporary = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(temporary, text);
      move(temporary, file);
    } catch (IOException e) {
      Logger.debug(e, "{} cannot be written, files are checked again at the next start", file);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
