package io.airbox.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.daemon.access.AccessTable;
import io.airbox.daemon.access.Verb;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command line has the verbs of the table and no others. */
class VerbsTest {
  /** Options that make a verb another one with another audience. */
  private static final Set<String> TURNING = Set.of("--show", "--reset", "--guests");

  @TempDir Path home;

  @Test
  void theTableHasEveryVerbOfTheCommandLineAndNoOthers() {
    Set<String> verbs = new TreeSet<>();
    commands("", root(), verbs, null);

    assertThat(verbs)
        .isEqualTo(new TreeSet<>(AccessTable.AIRBOX.verbs().stream().map(Verb::words).toList()));
  }

  @Test
  void everyCommandHasHelpWithExamplesThatAreCommands() {
    List<CommandLine> commands = new ArrayList<>();
    commands("", root(), new TreeSet<>(), commands);

    assertThat(commands).hasSizeGreaterThan(20);
    for (CommandLine command : commands) {
      String[] words = (command.getCommandSpec().qualifiedName() + " --help").split(" ");
      Shell shell = new Shell(home);
      assertThat(shell.airbox(List.of(words).subList(1, words.length).toArray())).isZero();
      assertThat(shell.out())
          .as(command.getCommandSpec().qualifiedName())
          .contains("Usage: " + command.getCommandSpec().qualifiedName())
          .contains("Examples:");
    }
  }

  @Test
  void everyVerbThatAsksADaemonTakesAHostAndAKey() {
    List<CommandLine> commands = new ArrayList<>();
    commands("", root(), new TreeSet<>(), commands);
    for (CommandLine command : commands) {
      String words = words(command);
      boolean asks =
          AccessTable.AIRBOX.verb(words).map(verb -> verb.rule().isPresent()).orElse(false);
      if (asks) {
        assertThat(command.getCommandSpec().optionsMap().keySet())
            .as(words)
            .contains("--host", "--key", "--key-file", "--fingerprint", "--json");
      }
    }
  }

  private static String words(CommandLine command) {
    return command.getCommandSpec().qualifiedName().replaceFirst("^airbox ?", "");
  }

  private CommandLine root() {
    return AirBoxCommand.commandLine(
        new Surroundings(
            Map.of(), new ScriptedTerminal(), home, home, InstantSource.system(), () -> {}));
  }

  /** Gathers the verbs: commands without commands of their own, and their turning options. */
  private static void commands(
      String words, CommandLine command, Set<String> verbs, @Nullable List<CommandLine> all) {
    if (all != null) {
      all.add(command);
    }
    if (command.getSubcommands().isEmpty()) {
      verbs.add(words);
      command.getCommandSpec().optionsMap().keySet().stream()
          .filter(TURNING::contains)
          .forEach(option -> verbs.add(words + " " + option));
    }
    command
        .getSubcommands()
        .forEach(
            (name, sub) -> commands(words.isEmpty() ? name : words + " " + name, sub, verbs, all));
  }
}
