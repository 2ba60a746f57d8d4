package io.airbox.daemon.cli;

import io.airbox.daemon.pictures.StorageReason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;

/** A secret in a file, or on standard input when the file is called {@code -}. */
final class SecretFile {
  private static final Path STANDARD_INPUT = Path.of("-");
  private static final int LONGEST = 4096;

  private SecretFile() {}

  /**
   * Reads the first and only line.
   *
   * @return to be wiped by the caller
   * @throws CommandFailure it cannot be read, or holds more than a line
   */
  static char[] read(Path file, Terminal terminal) {
    String name = file.equals(STANDARD_INPUT) ? "standard input" : file.toString();
    byte[] bytes = bytes(file, name, terminal);
    try {
      return line(name, bytes);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  private static byte[] bytes(Path file, String name, Terminal terminal) {
    if (file.equals(STANDARD_INPUT)) {
      try {
        return terminal.input().readNBytes(LONGEST + 1);
      } catch (IOException e) {
        throw unreadable(name, e);
      }
    }
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(LONGEST + 1);
    } catch (NoSuchFileException e) {
      throw new CommandFailure(ExitCodes.USAGE, name + ": no such file", e);
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  private static CommandFailure unreadable(String name, IOException e) {
    return new CommandFailure(ExitCodes.USAGE, name + " cannot be read: " + StorageReason.of(e), e);
  }

  private static char[] line(String name, byte[] bytes) {
    if (bytes.length > LONGEST) {
      throw new CommandFailure(
          ExitCodes.USAGE, name + " is longer than " + LONGEST + " bytes; it holds no secret");
    }
    CharBuffer text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
    } catch (CharacterCodingException e) {
      throw new CommandFailure(ExitCodes.USAGE, name + " is not text in UTF-8", e);
    }
    int end = text.length();
    if (end > 0 && text.charAt(end - 1) == '\n') {
      end--;
    }
    if (end > 0 && text.charAt(end - 1) == '\r') {
      end--;
    }
    char[] line = new char[end];
    text.get(line);
    Arrays.fill(text.array(), '\0');
    for (char each : line) {
      if (Character.isISOControl(each)) {
        Arrays.fill(line, '\0');
        throw new CommandFailure(
            ExitCodes.USAGE, name + " holds more than one line; only one is a secret");
      }
    }
    return line;
  }
}
