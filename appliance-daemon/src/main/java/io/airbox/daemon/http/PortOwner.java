package io.airbox.daemon.http;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.tinylog.Logger;

/**
 * Says which process listens on a TCP port, as far as Linux shows it to us: the socket's inode from
 * {@code /proc/net/tcp}, then the process that holds it.
 */
final class PortOwner {
  private static final int LISTENING = 0x0A;

  private PortOwner() {}

  /** Such as {@code nginx (pid 123)}; empty when it cannot be told. */
  static Optional<String> of(int port) {
    return of(port, Path.of("/proc"));
  }

  static Optional<String> of(int port, Path proc) {
    for (String table : List.of("net/tcp", "net/tcp6")) {
      try {
        for (String line : Files.readAllLines(proc.resolve(table))) {
          Optional<String> inode = inode(line, port);
          if (inode.isPresent()) {
            return holder(proc, "socket:[" + inode.get() + "]");
          }
        }
      } catch (IOException e) {
        Logger.debug(e, "{} is not shown to us", table);
      }
    }
    return Optional.empty();
  }

  private static Optional<String> inode(String line, int port) {
    String[] columns = line.strip().split("\\s+");
    if (columns.length < 10 || !columns[1].contains(":")) {
      return Optional.empty();
    }
    String local = String.format(Locale.ROOT, ":%04X", port);
    boolean listening =
        columns[1].endsWith(local)
            && columns[3].matches("[0-9A-F]{2}")
            && Integer.parseInt(columns[3], 16) == LISTENING;
    return listening ? Optional.of(columns[9]) : Optional.empty();
  }

  private static Optional<String> holder(Path proc, String socket) throws IOException {
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path process : processes) {
        if (holds(process, socket)) {
          String name = Files.readString(process.resolve("comm")).strip();
          return Optional.of(name + " (pid " + process.getFileName() + ")");
        }
      }
    }
    return Optional.empty();
  }

  /** Empty for a descriptor that was closed since it was listed. */
  private static String target(Path descriptor) throws IOException {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (NoSuchFileException closed) {
      return "";
    }
  }

  private static boolean holds(Path process, String socket) {
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path descriptor : descriptors) {
        if (target(descriptor).equals(socket)) {
          return true;
        }
      }
    } catch (IOException e) {
      // another user's process, or one that has just ended
      return false;
    }
    return false;
  }
}
