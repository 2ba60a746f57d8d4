package io.airbox.daemon.cli;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A person who types what was written down before; without anything to type, nobody is there. */
final class ScriptedTerminal implements Terminal {
  private final Deque<String> typed;
  private final boolean attended;
  private final InputStream input;

  private ScriptedTerminal(boolean attended, List<String> typed, String input) {
    this.attended = attended;
    this.typed = new ArrayDeque<>(typed);
    this.input = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
  }

  /** Nobody is there, and standard input is empty. */
  ScriptedTerminal() {
    this(false, List.of(), "");
  }

  /** Somebody types these lines. */
  static ScriptedTerminal typing(String... lines) {
    return new ScriptedTerminal(true, List.of(lines), "");
  }

  /** Nobody is there, but something comes through a pipe. */
  static ScriptedTerminal pipe(String input) {
    return new ScriptedTerminal(false, List.of(), input);
  }

  /** Whether all that was to be typed was asked for. */
  boolean done() {
    return typed.isEmpty();
  }

  @Override
  public boolean attended() {
    return attended;
  }

  @Override
  public @Nullable String readLine() {
    return typed.poll();
  }

  @Override
  public char @Nullable [] readSecret() {
    String line = typed.poll();
    return line == null ? null : line.toCharArray();
  }

  @Override
  public InputStream input() {
    return input;
  }
}
