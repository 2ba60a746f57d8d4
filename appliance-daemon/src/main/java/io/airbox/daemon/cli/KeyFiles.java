package io.airbox.daemon.cli;

import io.airbox.daemon.pictures.StorageReason;
import io.airbox.ota.UpdateException;
import io.airbox.ota.signing.Envelope;
import io.airbox.ota.signing.SigningKey;
import io.airbox.ota.trust.AuthorityKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Private keys in files, and where their passphrases come from; never from an argument. */
final class KeyFiles {
  private static final String ENCRYPTED = "ENCRYPTED PRIVATE KEY";

  @Option(
      names = "--passphrase-file",
      paramLabel = "FILE",
      description = "File whose one line is the key's passphrase; - is standard input.")
  private @Nullable Path passphraseFile;

  /**
   * Reads a key; asks for its passphrase where it has one and no file was named.
   *
   * @throws CommandFailure it cannot be read
   * @throws UpdateException it is no key, or its passphrase is wrong
   */
  SigningKey read(Path file, Output output) {
    String pem = new String(bytes(file), StandardCharsets.US_ASCII);
    char[] passphrase = pem.contains(ENCRYPTED) ? passphrase(file, output) : null;
    try {
      return SigningKey.parse(pem, passphrase);
    } finally {
      if (passphrase != null) {
        Arrays.fill(passphrase, '\0');
      }
    }
  }

  private char[] passphrase(Path file, Output output) {
    Terminal terminal = output.surroundings().terminal();
    if (passphraseFile != null) {
      return SecretFile.read(passphraseFile, terminal);
    }
    Questions questions = output.questions();
    if (!questions.canAsk()) {
      throw new CommandFailure(
          ExitCodes.USAGE,
          file
              + " is encrypted, and there is no terminal to type its passphrase at; give it with"
              + " --passphrase-file FILE, or - for standard input");
    }
    return questions.passphraseOf(file.toString());
  }

  /**
   * Writes a new key into a file that only its owner may read.
   *
   * @param encrypted whether with a passphrase, which is asked for twice where no file has it
   * @throws CommandFailure there is such a file already, or it cannot be written
   */
  void write(SigningKey key, Path file, boolean encrypted, Output output) {
    char[] passphrase = encrypted ? newPassphrase(output) : null;
    try {
      Files.write(
          Files.createFile(
              file,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))),
          key.pem(passphrase).getBytes(StandardCharsets.US_ASCII),
          StandardOpenOption.SYNC);
    } catch (FileAlreadyExistsException e) {
      throw new CommandFailure(
          ExitCodes.USAGE, file + " is there already; a key is never written over", e);
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCodes.FAILED, file + " cannot be written: " + StorageReason.of(e), e);
    } finally {
      if (passphrase != null) {
        Arrays.fill(passphrase, '\0');
      }
    }
  }

  private char[] newPassphrase(Output output) {
    if (passphraseFile == null && !output.questions().canAsk()) {
      throw new CommandFailure(
          ExitCodes.USAGE,
          "there is no terminal to type a passphrase at; give it with --passphrase-file FILE, or"
              + " say --unencrypted");
    }
    return passphraseFile == null
        ? output.questions().newPassphrase()
        : SecretFile.read(passphraseFile, output.surroundings().terminal());
  }

  /**
   * A signed document that is named on the command line.
   *
   * @throws UpdateException it is none; the message names the file
   */
  static Envelope envelope(Path file) {
    return Envelope.parse(bytes(file), file.toString());
  }

  /**
   * The keys in a signed document that is trusted because it was named.
   *
   * @throws UpdateException it is none, or not signed by its own root keys; the message names the
   *     file
   */
  static AuthorityKeys authority(Path file) {
    Envelope envelope = envelope(file);
    try {
      return AuthorityKeys.trustedByPresence(envelope);
    } catch (UpdateException e) {
      throw e.of(file.toString());
    }
  }

  /** The bytes of a small file that is named on the command line. */
  static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new CommandFailure(ExitCodes.USAGE, file + ": no such file", e);
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCodes.USAGE, file + " cannot be read: " + StorageReason.of(e), e);
    }
  }
}
