package io.airbox.power;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The trees of {@code src/test/box}, to be read or to be copied and changed. */
public final class RecordedMachine {
  private RecordedMachine() {}

  public static Path tree(String name) {
    return Path.of(System.getProperty("airbox.root"), "power-monitor/src/test/box", name);
  }

  /** A copy that a test may change. */
  public static Path copy(String name, Path to) {
    Path from = tree(name);
    try (Stream<Path> each = Files.walk(from)) {
      for (Path path : each.toList()) {
        Path target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
        } else {
          Files.copy(path, target);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return to;
  }

  /** All files of a tree, from its root on. */
  public static List<String> files(String name) {
    Path root = tree(name);
    try (Stream<Path> each = Files.walk(root)) {
      return each.filter(Files::isRegularFile)
          .map(path -> root.relativize(path).toString())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
