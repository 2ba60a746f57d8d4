package io.airbox.hwtests.linux;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Turns what a terminal receives into plain text, however the bytes are cut into pieces.
 *
 * <p>UTF-8 is decoded, with U+FFFD for what is none (a UART that is switched on sends such bytes).
 * Escape sequences (ECMA-48: CSI, OSC and the two-character ones) and control characters other than
 * tab and line feed are left out. Carriage returns before a line feed vanish; one that stands alone
 * starts a new line, so that a progress display becomes lines.
 */
final class TerminalText {
  private static final char ESCAPE = 0x1b;
  private static final char BELL = 0x07;

  private enum State {
    TEXT,
    RETURN,
    ESCAPE,
    INTERMEDIATE,
    CONTROL_SEQUENCE,
    STRING,
    STRING_ESCAPE
  }

  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private ByteBuffer undecoded = ByteBuffer.allocate(0);
  private State state = State.TEXT;

  /**
   * The text of these further bytes; what may still be the begin of something is kept for the next
   * call.
   */
  String feed(byte[] bytes, int length) {
    ByteBuffer input = ByteBuffer.allocate(undecoded.remaining() + length);
    input.put(undecoded).put(bytes, 0, length).flip();
    CharBuffer characters = CharBuffer.allocate(input.remaining());
    decoder.decode(input, characters, false);
    undecoded = input.slice();
    characters.flip();
    StringBuilder text = new StringBuilder(characters.remaining());
    while (characters.hasRemaining()) {
      accept(characters.get(), text);
    }
    return text.toString();
  }

  private void accept(char character, StringBuilder text) {
    if (character < ' ' && character != ESCAPE && character != BELL && state != State.RETURN) {
      // no sequence has a line's end in it: noise that looks like the begin of one hides one line
      // at most
      plain(character, text);
      return;
    }
    switch (state) {
      case TEXT -> plain(character, text);
      case RETURN -> {
        if (character == '\r') {
          return;
        }
        if (character != '\n') {
          text.append('\n');
        }
        plain(character, text);
      }
      case ESCAPE ->
          state =
              switch (character) {
                case '[' -> State.CONTROL_SEQUENCE;
                case ']', 'P', 'X', '^', '_' -> State.STRING;
                case ESCAPE -> State.ESCAPE;
                default -> isIntermediate(character) ? State.INTERMEDIATE : State.TEXT;
              };
      case INTERMEDIATE -> state = isIntermediate(character) ? State.INTERMEDIATE : State.TEXT;
      case CONTROL_SEQUENCE -> {
        if (character == ESCAPE) {
          state = State.ESCAPE;
        } else if (character >= 0x40 && character <= 0x7e) {
          state = State.TEXT;
        }
      }
      case STRING -> {
        if (character == BELL) {
          state = State.TEXT;
        } else if (character == ESCAPE) {
          state = State.STRING_ESCAPE;
        }
      }
      case STRING_ESCAPE -> state = character == '\\' ? State.TEXT : State.STRING;
    }
  }

  private void plain(char character, StringBuilder text) {
    state = State.TEXT;
    if (character == ESCAPE) {
      state = State.ESCAPE;
    } else if (character == '\r') {
      state = State.RETURN;
    } else if (character == '\n' || character == '\t' || character >= 0x20 && character != 0x7f) {
      text.append(character);
    }
  }

  private static boolean isIntermediate(char character) {
    return character >= 0x20 && character <= 0x2f;
  }
}
