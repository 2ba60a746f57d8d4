package io.airbox.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code airbox models keys}, {@code sign} and {@code verify --release}. */
class SigningTest {
  private static final Path BUILT_IN =
      Path.of(System.getProperty("airbox.root"), "models", "default");

  @TempDir private Path folder;
  private Shell shell;
  private Path pack;

  @BeforeEach
  void copyThePack() throws IOException {
    shell = at("2026-12-01T00:00:00Z");
    pack = Files.createDirectories(folder.resolve("pack"));
    try (Stream<Path> files = Files.list(BUILT_IN)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, pack.resolve(file.getFileName()));
      }
    }
  }

  private Shell at(String time) {
    return new Shell(folder, InstantSource.fixed(Instant.parse(time)));
  }

  @Test
  void aPackIsSignedAndVerifiedFromNothing() throws IOException {
    String root = newKey("root.pem");
    String release = newKey("release.pem");
    assertThat(Files.getPosixFilePermissions(folder.resolve("root.pem")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));

    done(
        "models",
        "keys",
        "create",
        file("keys.json"),
        "--authority",
        "acme",
        "--root",
        file("root.pem"),
        "--release",
        file("release.pem"));
    assertThat(shell.out())
        .contains(
            "acme, version 1, epoch 1", "2027-12-01T00:00:00Z", "1 of " + root, "1 of " + release);
    assertThat(shell.err()).isEmpty();
    done(
        "models",
        "sign",
        pack,
        "--key",
        file("release.pem"),
        "--counter",
        7,
        "-o",
        file("r.json"),
        "--soc",
        "BM1684X");
    assertThat(shell.out()).contains("airbox-emoji", "number 7", "until 2027-05-30T00:00:00Z");
    done(
        "models",
        "verify",
        "--release",
        file("r.json"),
        "--keys",
        file("keys.json"),
        "--folder",
        pack);
    assertThat(shell.out()).contains("signed by acme", "are those that were signed");
    done("models", "verify", "--release", file("r.json"), "--keys", file("keys.json"), "--json");
    JsonObject json = shell.json();
    assertThat(json.getString("authority")).isEqualTo("acme");
    assertThat(json.getLong("counter")).isEqualTo(7);
    assertThat(json.getJsonObject("compat").getJsonArray("engines")).contains("onnx");
  }

  @Test
  void whatWasTamperedWithIsRefusedWithItsOwnMessage() throws IOException {
    newKey("root.pem");
    newKey("release.pem");
    newKey("thief.pem");
    done(
        "models",
        "keys",
        "create",
        file("keys.json"),
        "--authority",
        "acme",
        "--root",
        file("root.pem"),
        "--release",
        file("release.pem"));
    done(
        "models", "sign", pack, "--key", file("release.pem"), "--counter", 1, "-o", file("r.json"));
    done("models", "sign", pack, "--key", file("thief.pem"), "--counter", 1, "-o", file("t.json"));
    List<Object> verify =
        List.of("models", "verify", "--keys", file("keys.json"), "--folder", pack, "--release");

    refused(
        "none of the authorities that this box trusts (acme) signed it", verify, file("t.json"));
    String text = Files.readString(file("r.json"));
    Files.writeString(file("cut.json"), text.substring(0, text.length() / 2));
    refused(file("cut.json") + ": the signed document", verify, file("cut.json"));
    failed(
        file("cut.json") + ": the signed document",
        "models",
        "verify",
        "--release",
        file("r.json"),
        "--keys",
        file("cut.json"));
    failed(
        file("r.json") + ": the signed document is application/vnd.airbox.release+json",
        "models",
        "keys",
        "show",
        file("r.json"));
    Files.writeString(pack.resolve("more.txt"), "");
    refused("more.txt, which the release does not name", verify, file("r.json"));
    Files.delete(pack.resolve("more.txt"));
    Path tokenizer = pack.resolve("tokenizer.json");
    byte[] bytes = Files.readAllBytes(tokenizer);
    bytes[1000] ^= 1;
    Files.write(tokenizer, bytes);
    refused("tokenizer.json is not what was signed", verify, file("r.json"));
    bytes[1000] ^= 1;
    Files.write(tokenizer, bytes);

    shell = at("2027-06-01T00:00:00Z");
    refused("ended 2027-05-30T00:00:00Z", verify, file("r.json"));
  }

  @Test
  void rootsRotateAndSeveralHoldersSign() throws IOException {
    String first = newKey("root1.pem");
    String second = newKey("root2.pem");
    newKey("release.pem");
    done(
        "models",
        "keys",
        "create",
        file("keys.json"),
        "--authority",
        "acme",
        "--root",
        file("root1.pem"),
        "--root",
        second,
        "--root-threshold",
        2,
        "--release",
        file("release.pem"));
    assertThat(shell.err())
        .contains("no box takes version 1 yet", "1 of the 2 root keys", "2 have to");
    done("models", "keys", "sign", file("keys.json"), "--key", file("root2.pem"));
    done("models", "keys", "show", file("keys.json"));
    assertThat(shell.out()).contains("2 of " + first + ", " + second);

    newKey("root3.pem");
    done(
        "models",
        "keys",
        "create",
        file("next.json"),
        "--replaces",
        file("keys.json"),
        "--root",
        file("root3.pem"),
        "--root-threshold",
        1,
        "--sign",
        file("root1.pem"),
        "--new-epoch");
    assertThat(shell.out()).contains("version 2, epoch 2");
    assertThat(shell.err()).contains("no box takes version 2 yet");
    done("models", "keys", "sign", file("next.json"), "--key", file("root2.pem"));
    done("models", "keys", "show", file("next.json"), "--json");
    assertThat(shell.json().getJsonArray("signed_by")).hasSize(3);
  }

  @Test
  void aKeysPassphraseIsAskedForAndNeverShown() throws IOException {
    shell = at("2026-12-01T00:00:00Z").typing("four random words here", "four random words here");
    done("models", "keys", "new", file("root.pem"));
    assertThat(Files.readString(file("root.pem"))).contains("ENCRYPTED PRIVATE KEY");
    newKey("release.pem");

    shell.typing("four random words here");
    done(
        "models",
        "keys",
        "create",
        file("keys.json"),
        "--authority",
        "acme",
        "--root",
        file("root.pem"),
        "--release",
        file("release.pem"));
    assertThat(shell.out() + shell.err()).doesNotContain("four random words");
    shell.typing("another one altogether");
    failed(
        "passphrase is wrong",
        "models",
        "keys",
        "sign",
        file("keys.json"),
        "--key",
        file("root.pem"));
    shell.piping("");
    failed(
        "--passphrase-file",
        "models",
        "keys",
        "sign",
        file("keys.json"),
        "--key",
        file("root.pem"));
  }

  @Test
  void aMistakeChangesNothing() throws IOException {
    newKey("root.pem");
    String before = Files.readString(file("root.pem"));
    failed("never written over", "models", "keys", "new", file("root.pem"), "--unencrypted");
    assertThat(Files.readString(file("root.pem"))).isEqualTo(before);
    failed(
        "--authority",
        "models",
        "keys",
        "create",
        file("k.json"),
        "--root",
        file("root.pem"),
        "--release",
        file("root.pem"));
    failed(
        "--release KEY",
        "models",
        "keys",
        "create",
        file("k.json"),
        "--authority",
        "acme",
        "--root",
        file("root.pem"));
    failed(
        "threshold",
        "models",
        "keys",
        "create",
        file("k.json"),
        "--authority",
        "acme",
        "--root",
        file("root.pem"),
        "--release",
        file("root.pem"),
        "--release-threshold",
        2);
    failed(
        "among the files",
        "models",
        "sign",
        pack,
        "--key",
        file("root.pem"),
        "--counter",
        1,
        "-o",
        pack.resolve("r.json"));
    failed(
        "/counter must be at least 1",
        "models",
        "sign",
        pack,
        "--key",
        file("root.pem"),
        "--counter",
        0,
        "-o",
        file("r.json"));
    failed("want a --release", "models", "verify", "--keys", file("k.json"));
    failed(
        "no such file", "models", "verify", "--release", file("r.json"), "--keys", file("k.json"));
    assertThat(file("k.json")).doesNotExist();
    assertThat(file("r.json")).doesNotExist();
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  private String newKey(String name) {
    done("models", "keys", "new", file(name), "--unencrypted");
    return shell.out().strip();
  }

  private void done(Object... line) {
    assertThat(shell.airbox(line)).as(shell.err()).isZero();
  }

  private void refused(String saying, List<Object> line, Path last) {
    failed(saying, Stream.concat(line.stream(), Stream.of(last)).toArray());
  }

  private void failed(String saying, Object... line) {
    assertThat(shell.airbox(line)).isNotZero();
    assertThat(shell.err()).contains(saying);
  }
}
