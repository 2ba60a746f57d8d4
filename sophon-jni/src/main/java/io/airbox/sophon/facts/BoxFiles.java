package io.airbox.sophon.facts;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Texts of files below a root, and what a text says. Nothing here fails: odd is empty. */
final class BoxFiles {
  /** The largest of these files has a line per core; a summary a line per buffer. */
  private static final int MOST_BYTES = 1 << 18;

  /** All of most of them; some drivers want to say everything in one read. */
  private static final int FIRST_READ = 4096;

  private static final int MOST_TEXT = 64;

  private BoxFiles() {}

  /** A file's text; empty when it is not there, not a file, or not for this user. */
  static Optional<String> text(Path root, String name) {
    Path file = root.resolve(name);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try (SeekableByteChannel channel = Files.newByteChannel(file)) {
      ByteBuffer bytes = ByteBuffer.allocate(FIRST_READ);
      // a file of the kernel has no size and ends when it says so
      while (channel.read(bytes) >= 0) {
        if (!bytes.hasRemaining()) {
          if (bytes.capacity() == MOST_BYTES) {
            break;
          }
          bytes = ByteBuffer.allocate(MOST_BYTES).put(bytes.flip());
        }
      }
      return Optional.of(StandardCharsets.ISO_8859_1.decode(bytes.flip()).toString());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The first group of the first match. */
  static Optional<String> first(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /** A short printable text without a NUL at its end; anything else is odd. */
  static Optional<String> name(String text) {
    int end = text.indexOf('\0');
    String name = (end < 0 ? text : text.substring(0, end)).strip();
    boolean printable = name.chars().allMatch(c -> c >= ' ' && c < 127);
    return name.isEmpty() || name.length() > MOST_TEXT || !printable
        ? Optional.empty()
        : Optional.of(name);
  }

  /** A number that is not negative; empty for anything else. */
  static OptionalLong number(String digits) {
    return digits.matches("\\d{1,18}")
        ? OptionalLong.of(Long.parseLong(digits))
        : OptionalLong.empty();
  }
}
