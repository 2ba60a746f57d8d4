package io.airbox.daemon.cli;

import io.airbox.daemon.pictures.StorageReason;
import io.airbox.daemon.tls.Fingerprint;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code airbox certificate}: by what browsers know the box. */
@Command(
    name = "certificate",
    description = "The certificate with which the box speaks TLS: its own, or the owner's.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  airbox certificate show",
      "  airbox certificate install fullchain.pem privkey.pem",
      "  airbox certificate reset"
    })
final class CertificateCommand implements Runnable {
  private static final String PATH = "/api/v1/certificate";

  /** Chains and keys have a few thousand bytes. */
  private static final int LONGEST = 256 * 1024;

  @Spec private CommandSpec spec;

  private CertificateCommand() {
    spec = CommandSpec.create();
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say what to do: show, install or reset");
  }

  @Command(
      name = "show",
      description = "Shows names, dates and fingerprints; --json also the certificate as PEM.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  airbox certificate show",
        "  airbox certificate show --json | jq -r .pem > airbox.pem"
      })
  int show(@Mixin DaemonOptions daemon, @Mixin Output output) {
    try (DaemonClient client = daemon.connect(output)) {
      print(client.get(PATH), output);
    }
    return ExitCodes.DONE;
  }

  @Command(
      name = "install",
      description = "Lets the box use a chain of yours instead of its own certificate.",
      footerHeading = "%nExamples:%n",
      footer = {"  airbox certificate install fullchain.pem privkey.pem"})
  int install(
      @Mixin DaemonOptions daemon,
      @Mixin Output output,
      @Parameters(
              index = "0",
              paramLabel = "CHAIN",
              description = "PEM file: the box's certificate, then those that vouch for it.")
          Path chain,
      @Parameters(
              index = "1",
              paramLabel = "KEY",
              description = "PEM file: its private key, without a passphrase.")
          Path key) {
    JsonObject body = new JsonObject().put("chain", pem(chain)).put("key", pem(key));
    try (DaemonClient client = daemon.connect(output)) {
      client.requireConfidential("a private key");
      change(client.put(PATH, body), daemon, output);
    }
    return ExitCodes.DONE;
  }

  @Command(
      name = "reset",
      description = "Lets the box use its own certificate again.",
      footerHeading = "%nExamples:%n",
      footer = {"  airbox certificate reset"})
  int reset(@Mixin DaemonOptions daemon, @Mixin Output output) {
    try (DaemonClient client = daemon.connect(output)) {
      change(client.delete(PATH), daemon, output);
    }
    return ExitCodes.DONE;
  }

  private static String pem(Path file) {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LONGEST + 1);
    } catch (NoSuchFileException e) {
      throw new CommandFailure(ExitCodes.USAGE, file + ": no such file", e);
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCodes.USAGE, file + " cannot be read: " + StorageReason.of(e), e);
    }
    try {
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      if (bytes.length > LONGEST || !text.contains("-----BEGIN ")) {
        throw new CommandFailure(
            ExitCodes.USAGE, file + " is no PEM file: it has no line -----BEGIN …-----");
      }
      return text;
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  private static void change(JsonObject certificate, DaemonOptions daemon, Output output) {
    daemon.follow(output, Fingerprint.parse(certificate.getString("public_key_sha256")));
    print(certificate, output);
  }

  private static void print(JsonObject certificate, Output output) {
    Instant now = output.surroundings().clock().instant();
    output.print(certificate, () -> facts(certificate, now));
  }

  static String facts(JsonObject certificate, Instant now) {
    return new Table()
        .row("source", source(certificate.getString("source")))
        .row("names", names(certificate.getJsonArray("names")))
        .row("valid from", date(certificate.getString("not_before"), now))
        .row("valid until", date(certificate.getString("not_after"), now))
        .row("certificate SHA-256", certificate.getString("sha256"))
        .row("public key SHA-256", certificate.getString("public_key_sha256"))
        .toString();
  }

  private static String source(String source) {
    return source.equals("own") ? "own: made by the box" : source + ": installed by the owner";
  }

  private static String names(JsonArray names) {
    return names.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  private static String date(String time, Instant now) {
    return Moment.seconds(time) + " (" + Moment.relative(time, now, "") + ")";
  }
}
