package io.airbox.daemon.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code airbox completion}: tab completion. */
@Command(
    name = "completion",
    description = "Prints a script that teaches a shell to complete airbox's commands and options.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  source <(airbox completion bash)",
      "  airbox completion zsh > ~/.airbox-completion && echo source ~/.airbox-completion >> ~/.zshrc"
    })
final class CompletionCommand implements Callable<Integer> {
  /** Shells whose completion can be taught. */
  enum Shell {
    BASH,
    ZSH
  }

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Parameters(index = "0", paramLabel = "SHELL", description = "bash or zsh")
  private Shell shell = Shell.BASH;

  private CompletionCommand() {
    spec = CommandLine.Model.CommandSpec.create();
  }

  @Override
  public Integer call() {
    String script = AutoComplete.bash("airbox", spec.root().commandLine());
    String prologue =
        switch (shell) {
          case BASH -> "";
          case ZSH ->
              "autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n";
        };
    spec.commandLine().getOut().print(prologue + script);
    spec.commandLine().getOut().flush();
    return ExitCodes.DONE;
  }
}
