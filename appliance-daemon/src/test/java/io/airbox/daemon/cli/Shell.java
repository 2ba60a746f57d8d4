package io.airbox.daemon.cli;

import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine;

/** Somebody at a shell: runs command lines, and sees what they print. */
final class Shell {
  final Map<String, String> environment = new HashMap<>();

  private final Path home;
  private final InstantSource clock;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private int looks;
  private Terminal terminal = new ScriptedTerminal();

  Shell(Path home) {
    this(home, InstantSource.system());
  }

  Shell(Path home, InstantSource clock) {
    this.home = home;
    this.clock = clock;
  }

  /** From now on these lines are typed when something is asked. */
  Shell typing(String... lines) {
    terminal = ScriptedTerminal.typing(lines);
    return this;
  }

  /** From now on nobody is there, and this comes through a pipe. */
  Shell piping(String input) {
    terminal = ScriptedTerminal.pipe(input);
    return this;
  }

  /** Rests of {@code --watch}: at the second one Ctrl+C is pressed. */
  private void look() throws InterruptedException {
    if (++looks == 2) {
      throw new InterruptedException();
    }
  }

  /** The exit code of {@code airbox ARGUMENTS}. */
  int airbox(Object... arguments) {
    looks = 0;
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    String[] words = new String[arguments.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = arguments[i].toString();
    }
    CommandLine commandLine =
        AirBoxCommand.commandLine(
            new Surroundings(
                Map.copyOf(environment), terminal, home, home.resolve("run"), clock, this::look));
    commandLine.setOut(new PrintWriter(out));
    commandLine.setErr(new PrintWriter(err));
    return commandLine.execute(words);
  }

  String out() {
    return out.toString();
  }

  String err() {
    return err.toString();
  }

  JsonObject json() {
    return new JsonObject(out());
  }
}
