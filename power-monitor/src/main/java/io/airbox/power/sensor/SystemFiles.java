package io.airbox.power.sensor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** The kernel's files below a root. Names are from the root on, without a leading slash. */
final class SystemFiles {
  /** The longest of these files has a line for each network interface or disk. */
  private static final int MOST_BYTES = 1 << 16;

  /** Some drivers want to say everything in one read. */
  private static final int FIRST_READ = 4096;

  private static final int MOST_CHILDREN = 256;

  private final Path root;

  SystemFiles(Path root) {
    this.root = root;
  }

  Path root() {
    return root;
  }

  boolean exists(String name) {
    return Files.exists(root.resolve(name));
  }

  /** A file's text, or why there is none. Blocks while the file does. */
  FileText read(String name) {
    try (InputStream in = Files.newInputStream(root.resolve(name))) {
      byte[] bytes = new byte[FIRST_READ];
      int length = 0;
      int more = in.read(bytes, 0, bytes.length);
      while (more > 0) {
        length += more;
        if (length == MOST_BYTES) {
          return FileText.missing(name, "is longer than " + MOST_BYTES + " bytes");
        }
        if (length == bytes.length) {
          bytes = Arrays.copyOf(bytes, MOST_BYTES);
        }
        more = in.read(bytes, length, bytes.length - length);
      }
      return FileText.of(name, new String(bytes, 0, length, StandardCharsets.ISO_8859_1));
    } catch (NoSuchFileException e) {
      return FileText.missing(name, "is not there");
    } catch (AccessDeniedException e) {
      return FileText.missing(name, "is not for this user");
    } catch (IOException e) {
      return FileText.missing(name, "cannot be read: " + FileText.shown(said(e)));
    }
  }

  /** What is in a folder, in the order of the numbers in the names; empty when it is not there. */
  List<String> children(String folder, String glob) {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> each = Files.newDirectoryStream(root.resolve(folder), glob)) {
      for (Path child : each) {
        if (names.size() == MOST_CHILDREN) {
          break;
        }
        names.add(String.valueOf(child.getFileName()));
      }
    } catch (IOException | DirectoryIteratorException e) {
      return List.of(); // not on this machine, or gone meanwhile
    }
    names.sort(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()));
    return names;
  }

  private static String said(IOException e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }
}
