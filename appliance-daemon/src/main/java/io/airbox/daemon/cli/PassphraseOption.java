package io.airbox.daemon.cli;

import io.airbox.daemon.access.AccessException;
import io.airbox.daemon.access.Passphrase;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a new passphrase comes from: a prompt, a file, standard input; never an argument. */
final class PassphraseOption {
  @Option(
      names = "--passphrase-file",
      paramLabel = "FILE",
      description = "File whose one line is the passphrase; - is standard input.")
  private @Nullable Path file;

  /**
   * Reads the file, else asks twice.
   *
   * @return to be wiped by the caller
   * @throws CommandFailure there is none, or it is too weak
   */
  char[] read(Output output) {
    if (file == null) {
      Questions questions = output.questions();
      if (questions.canAsk()) {
        return questions.newPassphrase();
      }
      throw new CommandFailure(
          ExitCodes.USAGE,
          "there is no terminal to type a passphrase at; give it with --passphrase-file FILE, or -"
              + " for standard input");
    }
    char[] passphrase = SecretFile.read(file, output.surroundings().terminal());
    String weakness = weakness(passphrase);
    if (weakness != null) {
      Arrays.fill(passphrase, '\0');
      throw new CommandFailure(ExitCodes.USAGE, weakness);
    }
    return passphrase;
  }

  /** What the daemon will say against it; null when it will take it. */
  static @Nullable String weakness(char[] passphrase) {
    try {
      Passphrase.chosen(passphrase, "the passphrase").close();
      return null;
    } catch (AccessException e) {
      return e.getMessage();
    }
  }
}
