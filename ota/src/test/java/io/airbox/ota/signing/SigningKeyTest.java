package io.airbox.ota.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbox.ota.UpdateException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys in files, ours and OpenSSL's. */
class SigningKeyTest {
  private static final String PASSPHRASE = "four random words here";

  /** Iterations that cost no time. */
  private static final int FEW = 10;

  @TempDir private Path folder;

  @Test
  void comesBackFromItsFile() {
    SigningKey key = SigningKey.generate();

    assertThat(SigningKey.parse(key.pem(null), null).verificationKey())
        .isEqualTo(key.verificationKey());
    assertThat(
            SigningKey.parse(key.pem(PASSPHRASE.toCharArray(), FEW), PASSPHRASE.toCharArray())
                .verificationKey())
        .isEqualTo(key.verificationKey());
    assertThat(VerificationKey.parse(key.verificationKey().text()))
        .isEqualTo(key.verificationKey());
  }

  @Test
  void readsWhatOpenSslMakes() throws IOException, InterruptedException {
    openssl("genpkey", "-algorithm", "ed25519", "-out", "plain.pem");
    openssl(
        "pkcs8",
        "-topk8",
        "-in",
        "plain.pem",
        "-passout",
        "pass:" + PASSPHRASE,
        "-out",
        "locked.pem");
    openssl("pkey", "-in", "plain.pem", "-pubout", "-outform", "DER", "-out", "public.der");
    byte[] der = Files.readAllBytes(folder.resolve("public.der"));

    SigningKey plain = SigningKey.parse(Files.readString(folder.resolve("plain.pem")), null);
    SigningKey locked =
        SigningKey.parse(Files.readString(folder.resolve("locked.pem")), PASSPHRASE.toCharArray());

    assertThat(plain.verificationKey().text())
        .isEqualTo(
            "ed25519:"
                + Base64.getEncoder()
                    .encodeToString(Arrays.copyOfRange(der, der.length - 32, der.length)));
    assertThat(locked.verificationKey()).isEqualTo(plain.verificationKey());
  }

  @Test
  void openSslVerifiesWhatItSigns() throws IOException, InterruptedException {
    SigningKey key = SigningKey.generate();
    byte[] message = {1, 2, 3};
    Files.writeString(folder.resolve("key.pem"), key.pem(PASSPHRASE.toCharArray(), FEW));
    Files.write(folder.resolve("message"), message);
    Files.write(folder.resolve("signature"), key.sign(message));

    openssl(
        "pkey", "-in", "key.pem", "-passin", "pass:" + PASSPHRASE, "-pubout", "-out", "public.pem");

    assertThat(
            openssl(
                "pkeyutl",
                "-verify",
                "-pubin",
                "-inkey",
                "public.pem",
                "-rawin",
                "-in",
                "message",
                "-sigfile",
                "signature"))
        .contains("Verified Successfully");
  }

  @Test
  void saysWhyAFileIsOfNoUseAndShowsNothingOfIt() throws IOException, InterruptedException {
    openssl("genpkey", "-algorithm", "x25519", "-out", "other.pem");
    String other = Files.readString(folder.resolve("other.pem"));
    String locked = SigningKey.generate().pem(PASSPHRASE.toCharArray(), FEW);

    assertThatThrownBy(() -> SigningKey.parse("", null)).hasMessageContaining("no private key");
    assertThatThrownBy(() -> SigningKey.parse(other, null)).hasMessageContaining("no Ed25519 key");
    assertThatThrownBy(() -> SigningKey.parse(locked, null)).hasMessageContaining("encrypted");
    assertThatThrownBy(() -> SigningKey.parse(locked, "wrong".toCharArray()))
        .isInstanceOf(UpdateException.class)
        .hasMessageContaining("passphrase is wrong");
    assertThat(SigningKey.parse(locked, PASSPHRASE.toCharArray()).toString())
        .startsWith("private half of ed25519:");
  }

  @Test
  void oneKeyHasOneText() {
    String text = SigningKey.generate().verificationKey().text();
    for (String wrong :
        List.of(
            "",
            text.substring(8),
            text + "=",
            text.substring(0, text.length() - 5) + "=",
            text.replace("ed25519", "rsa"),
            text.substring(0, text.length() - 2)
                + (text.charAt(text.length() - 2) == 'B' ? 'C' : 'B')
                + "=")) {
      assertThatThrownBy(() -> VerificationKey.parse(wrong))
          .as(wrong)
          .isInstanceOf(UpdateException.class);
    }
  }

  private String openssl(String... arguments) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(Stream.concat(Stream.of("openssl"), Stream.of(arguments)).toList())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }
}
