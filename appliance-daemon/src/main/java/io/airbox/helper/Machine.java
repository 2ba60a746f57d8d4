package io.airbox.helper;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The machine that is changed: its files and programs. A file's text has a character for each byte
 * (ISO 8859-1), so that what is not changed comes out as it went in. Used by one thread.
 *
 * @param root prefix of every path; {@code /} but for tests
 * @param limit how long a program may take before it is killed
 */
record Machine(Path root, Duration limit) {
  /** How much of a program's output is kept; the rest is read and dropped. */
  static final int KEPT_OUTPUT = 4096;

  /** A file of settings that is larger is none. */
  static final int LARGEST_FILE = 1024 * 1024;

  private static final int GRACE_SECONDS = 2;

  /**
   * How a program ended.
   *
   * @param status its exit status
   * @param output the beginning of what it printed, on either stream
   */
  record Ended(int status, String output) {}

  /** Where a path of the machine lies. */
  Path path(String absolute) {
    return root.resolve(absolute.substring(1));
  }

  boolean has(String absolute) {
    return Files.exists(path(absolute));
  }

  /**
   * A small file's text; empty if it does not exist.
   *
   * @throws IOException it cannot be read, or is too large to be what it should be
   */
  Optional<String> read(String absolute) throws IOException {
    try (InputStream in = Files.newInputStream(path(absolute))) {
      byte[] bytes = in.readNBytes(LARGEST_FILE + 1);
      if (bytes.length > LARGEST_FILE) {
        throw new IOException(absolute + " is larger than " + LARGEST_FILE + " bytes");
      }
      return Optional.of(new String(bytes, StandardCharsets.ISO_8859_1));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /**
   * Replaces a file that everybody may read: after a power cut it is the old one or the new one,
   * whole. Its folder is made if it is not there.
   *
   * @throws IOException it cannot be written; the old one is as it was
   */
  void replace(String absolute, String content) throws IOException {
    Path file = path(absolute);
    Path folder = file.getParent();
    if (folder == null) {
      throw new IOException(absolute + " is no file");
    }
    makeFolder(folder);
    Path draft = Files.createTempFile(folder, "." + file.getFileName() + ".", ".airbox");
    try {
      try (FileChannel out = FileChannel.open(draft, StandardOpenOption.WRITE)) {
        ByteBuffer rest = ByteBuffer.wrap(content.getBytes(StandardCharsets.ISO_8859_1));
        while (rest.hasRemaining()) {
          out.write(rest);
        }
        Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rw-r--r--"));
        out.force(true);
      }
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
      flush(folder);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  private static void makeFolder(Path folder) throws IOException {
    Path parent = folder.getParent();
    if (parent != null && Files.notExists(folder)) {
      makeFolder(parent);
      Files.createDirectory(folder);
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      flush(parent);
    }
  }

  private static void flush(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /**
   * Runs a program: no shell, no environment, nothing to read, in {@code /}, not for longer than
   * the limit.
   *
   * @throws IOException it does not start, or had to be killed
   */
  Ended run(Program program, List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(path(program.path()).toString());
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(new File("/"))
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true);
    builder.environment().clear();
    Process process = builder.start();
    ByteArrayOutputStream kept = new ByteArrayOutputStream();
    Thread reader = new Thread(() -> keep(process.getInputStream(), kept), "output");
    reader.setDaemon(true);
    reader.start();
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException(
            String.format(
                Locale.ROOT,
                "%s did not end within %d ms and was killed",
                program.path(),
                limit.toMillis()));
      }
      reader.join(TimeUnit.SECONDS.toMillis(GRACE_SECONDS)); // a child of it may hold the output
    } finally {
      kill(process);
    }
    return new Ended(process.exitValue(), printable(kept));
  }

  private static void kill(Process process) {
    try (Stream<ProcessHandle> children = process.descendants()) {
      children.forEach(ProcessHandle::destroyForcibly);
    }
    process.destroyForcibly();
  }

  private static void keep(InputStream output, ByteArrayOutputStream kept) {
    byte[] buffer = new byte[1024];
    try (output) {
      for (int count = output.read(buffer); count >= 0; count = output.read(buffer)) {
        synchronized (kept) {
          kept.write(buffer, 0, Math.min(count, KEPT_OUTPUT - kept.size()));
        }
      }
    } catch (IOException e) {
      return; // it was killed
    }
  }

  private static String printable(ByteArrayOutputStream kept) {
    synchronized (kept) {
      return Journal.printable(kept.toString(StandardCharsets.UTF_8).strip());
    }
  }
}
