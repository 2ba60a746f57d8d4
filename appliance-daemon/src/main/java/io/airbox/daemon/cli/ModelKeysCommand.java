package io.airbox.daemon.cli;

import io.airbox.daemon.pictures.StorageReason;
import io.airbox.daemon.storage.DurableFiles;
import io.airbox.generation.Message;
import io.airbox.ota.UpdateException;
import io.airbox.ota.signing.Envelope;
import io.airbox.ota.signing.SigningKey;
import io.airbox.ota.signing.VerificationKey;
import io.airbox.ota.trust.AuthorityKeys;
import io.airbox.ota.trust.KeyRole;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code airbox models keys}: who may sign packs. */
@Command(
    name = "keys",
    description = {
      "Keys that sign packs.",
      "Root keys say which keys sign releases, and when that changes; keep them where no network"
          + " is. The document of keys is public."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  airbox models keys new root.pem",
      "  airbox models keys new release.pem",
      "  airbox models keys create acme.keys.json --authority acme --root root.pem"
          + " --release release.pem",
      "  airbox models keys show acme.keys.json"
    })
final class ModelKeysCommand implements Runnable {
  @Spec private CommandSpec spec;

  private ModelKeysCommand() {
    spec = CommandSpec.create();
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "say what to do: new, create, sign, show, trust, trusted or distrust");
  }

  @Command(
      name = "new",
      description = {
        "Makes a private key (Ed25519, PEM) and prints its public half.",
        "Keys that OpenSSL makes (openssl genpkey -algorithm ed25519) will do as well."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  airbox models keys new root.pem",
        "  airbox models keys new release.pem --unencrypted"
      })
  int make(
      @Mixin Output output,
      @Mixin KeyFiles keys,
      @Parameters(paramLabel = "FILE", description = "A new file; nothing is written over.")
          Path file,
      @Option(
              names = "--unencrypted",
              description = "Without a passphrase, for a machine that signs by itself.")
          boolean unencrypted) {
    SigningKey key = SigningKey.generate();
    keys.write(key, file, !unencrypted, output);
    VerificationKey verification = key.verificationKey();
    output.print(
        new JsonObject()
            .put("file", file.toString())
            .put("key", verification.text())
            .put("id", verification.id()),
        verification::text);
    output.say(
        "the private key is in " + file + "; whoever has it can sign, so keep it to yourself");
    return ExitCodes.DONE;
  }

  @Command(
      name = "create",
      description = {
        "Writes the document that says which keys sign for an authority, signed by its root keys.",
        "With --replaces it follows an older one: what is not said stays, the version counts up, and"
            + " the older one's root keys have to sign it too. Keys are private keys' files, which"
            + " sign at once, or public keys as text, whose holders add their signatures with"
            + " `airbox models keys sign`."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  airbox models keys create acme.keys.json --authority acme --root root.pem"
            + " --release release.pem",
        "  airbox models keys create next.keys.json --replaces acme.keys.json --release new.pem"
            + " --sign root.pem",
        "  airbox models keys create next.keys.json --replaces acme.keys.json --root root2.pem"
            + " --sign root.pem --new-epoch"
      })
  int create(
      @Mixin Output output,
      @Mixin KeyFiles keys,
      @Parameters(paramLabel = "FILE", description = "The document.") Path file,
      @Option(names = "--authority", paramLabel = "NAME", description = "Whose keys they are.")
          @Nullable String authority,
      @Option(names = "--root", paramLabel = "KEY", description = "A root key; may be repeated.")
          @Nullable List<String> root,
      @Option(
              names = "--root-threshold",
              paramLabel = "N",
              description = "How many root keys have to sign (default: 1, or as before).")
          @Nullable Integer rootThreshold,
      @Option(
              names = "--release",
              paramLabel = "KEY",
              description = "A key that signs releases; may be repeated.")
          @Nullable List<String> release,
      @Option(
              names = "--release-threshold",
              paramLabel = "N",
              description = "How many of them have to sign (default: 1, or as before).")
          @Nullable Integer releaseThreshold,
      @Option(
              names = "--expires",
              paramLabel = "WHEN",
              defaultValue = "365d",
              description = "After a span such as 365d, or at an RFC 3339 time (default: 365d).")
          String expires,
      @Option(names = "--replaces", paramLabel = "FILE", description = "The document before.")
          @Nullable Path replaces,
      @Option(
              names = "--new-epoch",
              description =
                  "Lets the counters of releases begin again, after a release key was stolen.")
          boolean newEpoch,
      @Option(
              names = "--sign",
              paramLabel = "KEYFILE",
              description = "A private key that signs it, besides those named; may be repeated.")
          @Nullable List<Path> sign) {
    AuthorityKeys before = replaces == null ? null : KeyFiles.authority(replaces);
    List<SigningKey> signers = new ArrayList<>();
    KeyRole roots =
        role(
            "--root",
            root,
            rootThreshold,
            before == null ? null : before.root(),
            signers,
            keys,
            output);
    KeyRole releases =
        role(
            "--release",
            release,
            releaseThreshold,
            before == null ? null : before.release(),
            new ArrayList<>(),
            keys,
            output);
    for (Path path : sign == null ? List.<Path>of() : sign) {
      signers.add(keys.read(path, output));
    }
    String name = authority != null ? authority : before == null ? null : before.authority();
    if (name == null) {
      throw new CommandFailure(ExitCodes.USAGE, "say whose keys they are: --authority NAME");
    }
    Instant end =
        Moment.end("--expires", expires, output.surroundings().clock().instant())
            .truncatedTo(ChronoUnit.SECONDS);
    AuthorityKeys document =
        new AuthorityKeys(
            AuthorityKeys.SPEC,
            name,
            before == null ? 1 : before.version() + 1,
            (before == null ? 1 : before.epoch()) + (newEpoch ? 1 : 0),
            end.toString(),
            roots,
            releases);
    Envelope envelope = Envelope.of(AuthorityKeys.TYPE, document.json());
    for (SigningKey signer : signers) {
      envelope = envelope.signedBy(signer);
    }
    write(file, envelope);
    print(document, envelope, output);
    sayWhatIsMissing(document, before, envelope, file, output);
    return ExitCodes.DONE;
  }

  private static KeyRole role(
      String option,
      @Nullable List<String> given,
      @Nullable Integer threshold,
      @Nullable KeyRole before,
      List<SigningKey> signers,
      KeyFiles keys,
      Output output) {
    List<String> texts = new ArrayList<>();
    for (String key : given == null ? List.<String>of() : given) {
      if (key.startsWith("ed25519:")) {
        texts.add(VerificationKey.parse(key).text());
      } else {
        SigningKey signer = keys.read(Path.of(key), output);
        signers.add(signer);
        texts.add(signer.verificationKey().text());
      }
    }
    if (texts.isEmpty() && before == null) {
      throw new CommandFailure(ExitCodes.USAGE, "name a key at least: " + option + " KEY");
    }
    int needed = threshold != null ? threshold : before == null ? 1 : before.threshold();
    return new KeyRole(needed, texts.isEmpty() && before != null ? before.keys() : texts);
  }

  private static void sayWhatIsMissing(
      AuthorityKeys document,
      @Nullable AuthorityKeys before,
      Envelope envelope,
      Path file,
      Output output) {
    try {
      if (before == null) {
        AuthorityKeys.trustedByPresence(envelope);
      } else {
        before.successor(envelope);
      }
    } catch (UpdateException incomplete) {
      output.say(
          "no box takes version "
              + document.version()
              + " yet: "
              + incomplete.getMessage()
              + ". `airbox models keys sign "
              + file
              + " --key FILE` adds a signature");
    }
  }

  @Command(
      name = "sign",
      description = "Adds a signature to a document of keys, or to a release.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  airbox models keys sign acme.keys.json --key second-root.pem",
        "  airbox models keys sign emoji.release.json --key second-release.pem"
      })
  int sign(
      @Mixin Output output,
      @Mixin KeyFiles keys,
      @Parameters(paramLabel = "FILE", description = "The document; it is changed.") Path file,
      @Option(
              names = "--key",
              paramLabel = "KEYFILE",
              required = true,
              description = "The private key.")
          Path key) {
    Envelope envelope = KeyFiles.envelope(file);
    SigningKey signer = keys.read(key, output);
    write(file, envelope.signedBy(signer));
    output.print(
        new JsonObject()
            .put("file", file.toString())
            .put("type", envelope.payloadType())
            .put("signed_by", signer.verificationKey().id()),
        () -> file + " is signed by " + signer.verificationKey().text());
    return ExitCodes.DONE;
  }

  @Command(
      name = "show",
      description = "Shows a document of keys, and whether enough of its own root keys signed it.",
      footerHeading = "%nExamples:%n",
      footer = {"  airbox models keys show acme.keys.json --json"})
  int show(
      @Mixin Output output,
      @Parameters(paramLabel = "FILE", description = "The document.") Path file) {
    Envelope envelope = KeyFiles.envelope(file);
    print(KeyFiles.authority(file), envelope, output);
    return ExitCodes.DONE;
  }

  @Command(
      name = "trust",
      description = {
        "Takes releases of an authority from now on, or its next document of keys.",
        "Whoever adds an authority has to be at the box: this works through the daemon's socket, or"
            + " on this machine's folders while no daemon runs. Nobody but you vouches for the"
            + " first document: have it from a hand that you trust."
      },
      footerHeading = "%nExamples:%n",
      footer = {"  airbox models keys trust acme.keys.json"})
  int trust(
      @Mixin ModelDeskOptions which,
      @Mixin Output output,
      @Parameters(paramLabel = "FILE", description = "The authority's document of keys.") Path file)
      throws IOException {
    KeyFiles.authority(file);
    return InstalledModels.trust(which, output, KeyFiles.envelope(file).json());
  }

  @Command(
      name = "trusted",
      description = "Whose releases are taken.",
      footerHeading = "%nExamples:%n",
      footer = {"  airbox models keys trusted"})
  int trusted(@Mixin ModelDeskOptions which, @Mixin Output output) throws IOException {
    return InstalledModels.trusted(which, output);
  }

  @Command(
      name = "distrust",
      description = "Takes no more releases of an authority; what is installed stays.",
      footerHeading = "%nExamples:%n",
      footer = {"  airbox models keys distrust acme"})
  int distrust(
      @Mixin ModelDeskOptions which,
      @Mixin Output output,
      @Parameters(paramLabel = "AUTHORITY", description = "Its name.") String authority)
      throws IOException {
    return InstalledModels.distrust(which, output, authority);
  }

  private static void print(AuthorityKeys document, Envelope envelope, Output output) {
    JsonObject json =
        new JsonObject(new String(document.json(), StandardCharsets.UTF_8))
            .put("signed_by", envelope.signers());
    output.print(
        json,
        () ->
            Message.of(
                "authority  %s, version %d, epoch %d\nexpires    %s\nroot       %s\nrelease    %s",
                document.authority(),
                document.version(),
                document.epoch(),
                document.expires(),
                text(document.root()),
                text(document.release())));
  }

  private static String text(KeyRole role) {
    return role.threshold() + " of " + String.join(", ", role.keys());
  }

  /** Writes a public document; whoever reads it sees the one before or this one. */
  static void write(Path file, Envelope envelope) {
    try {
      Path target = file.toAbsolutePath();
      DurableFiles.replace(target, envelope.json());
      Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-r--r--"));
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCodes.FAILED, file + " cannot be written: " + StorageReason.of(e), e);
    }
  }
}
