package io.airbox.daemon.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The policy and the certificates against OpenSSL's client. */
class TlsPolicyTest {
  private static final int EC = 0;
  private static final int RSA = 1;

  @TempDir static Path data;

  private static TlsServerProcess server;
  private static List<String> classesAtStart;

  @BeforeAll
  static void start() throws Exception {
    open("ec");
    Instant now = Instant.now();
    KeyPair keys = Issuer.fixture("rsa-2048.pem");
    Issuer leaf =
        Issuer.selfSigned(
            "box",
            recipe -> {
              recipe.keys = keys;
              recipe.signature = "SHA256withRSA";
              recipe.from = now.minus(Duration.ofDays(1));
              recipe.to = now.plus(Duration.ofDays(1));
            });
    open("rsa").install(Issuer.pem(leaf), Issuer.text("rsa-2048.pem"));
    Path log = data.resolve("classes");
    server = new TlsServerProcess(log, data.resolve("ec"), data.resolve("rsa"));
    // before anybody connects: Netty's first connection loads all of it, because it is there
    classesAtStart =
        Files.readAllLines(log).stream()
            .map(line -> line.replaceAll("^(\\[[^]]*])+ | source: .*", ""))
            .toList();
  }

  private static BoxTls open(String folder) {
    return BoxTls.open(
        data.resolve(folder), new SystemNames(), List.of("box.test"), InstantSource.system());
  }

  @AfterAll
  static void stop() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  /** What a program said, on both of its outputs, and how it ended. */
  private record Ended(int code, String said) {}

  private static Ended openssl(String input, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(Arrays.asList(arguments));
    Process process;
    Path said = Files.createTempFile(data, "openssl", ".txt");
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
    } catch (IOException e) {
      throw new AssertionError("these tests need OpenSSL's program: apt install openssl", e);
    }
    try (OutputStream in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.US_ASCII));
    }
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("openssl hangs: " + Files.readString(said));
    }
    return new Ended(process.exitValue(), Files.readString(said, StandardCharsets.ISO_8859_1));
  }

  private static Ended connect(int which, String input, String... options) throws Exception {
    List<String> arguments =
        new ArrayList<>(List.of("s_client", "-connect", "127.0.0.1:" + server.port(which)));
    arguments.addAll(Arrays.asList(options));
    return openssl(input, arguments.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource({
    "0, -tls1_3, -ciphersuites, TLS_AES_128_GCM_SHA256",
    "0, -tls1_3, -ciphersuites, TLS_AES_256_GCM_SHA384",
    "0, -tls1_3, -ciphersuites, TLS_CHACHA20_POLY1305_SHA256",
    "1, -tls1_3, -ciphersuites, TLS_AES_128_GCM_SHA256",
    "0, -tls1_2, -cipher, ECDHE-ECDSA-AES128-GCM-SHA256",
    "0, -tls1_2, -cipher, ECDHE-ECDSA-AES256-GCM-SHA384",
    "0, -tls1_2, -cipher, ECDHE-ECDSA-CHACHA20-POLY1305",
    "1, -tls1_2, -cipher, ECDHE-RSA-AES128-GCM-SHA256",
    "1, -tls1_2, -cipher, ECDHE-RSA-AES256-GCM-SHA384",
    "1, -tls1_2, -cipher, ECDHE-RSA-CHACHA20-POLY1305"
  })
  void modernClientsConnect(int which, String version, String option, String suite)
      throws Exception {
    assertThat(connect(which, "", version, option, suite))
        .returns(0, Ended::code)
        .extracting(Ended::said)
        .asString()
        .contains("Cipher is " + suite);
  }

  /** The client is willing (security level 0); it is the server's alert that ends it. */
  @ParameterizedTest
  @CsvSource({
    "0, -tls1, ALL, protocol version",
    "1, -tls1, ALL, protocol version",
    "0, -tls1_1, ALL, protocol version",
    "1, -tls1_1, ALL, protocol version",
    "0, -tls1_2, ECDHE-ECDSA-AES128-SHA256, handshake failure",
    "0, -tls1_2, ECDHE-ECDSA-AES256-SHA, handshake failure",
    "0, -tls1_2, ECDHE-ECDSA-NULL-SHA, handshake failure",
    "1, -tls1_2, ECDHE-RSA-AES256-SHA384, handshake failure",
    "1, -tls1_2, ECDHE-RSA-AES128-SHA, handshake failure",
    "1, -tls1_2, AES128-GCM-SHA256, handshake failure",
    "1, -tls1_2, AES256-SHA256, handshake failure",
    "1, -tls1_2, DHE-RSA-AES128-GCM-SHA256, handshake failure",
    "1, -tls1_2, AECDH-AES128-SHA, handshake failure"
  })
  void clientsOfOldAreRefused(int which, String version, String suite, String alert)
      throws Exception {
    assertThat(connect(which, "", version, "-cipher", suite + ":@SECLEVEL=0"))
        .returns(1, Ended::code)
        .extracting(Ended::said)
        .asString()
        .containsIgnoringCase("alert " + alert)
        .contains("Cipher is (NONE)");
  }

  @ParameterizedTest
  @ValueSource(ints = {EC, RSA})
  void negotiatingAgainIsRefused(int which) throws Exception {
    assertThat(connect(which, "R\n", "-tls1_2"))
        .returns(1, Ended::code)
        .extracting(Ended::said)
        .asString()
        .containsPattern("RENEGOTIATING\\s.*alert handshake failure");
  }

  /** As whoever imported the certificate by hand. */
  @ParameterizedTest
  @CsvSource({"-verify_ip, 127.0.0.1", "-verify_hostname, localhost", "-verify_hostname, box.test"})
  void openSslAcceptsTheOwnCertificateForItsNames(String option, String name) throws Exception {
    Ended ended =
        connect(
            EC,
            "",
            "-CAfile",
            data.resolve("ec").resolve(BoxTls.CERTIFICATE).toString(),
            "-verify_return_error",
            "-x509_strict",
            option,
            name);
    assertThat(ended.said()).contains("Verify return code: 0 (ok)");
    assertThat(connect(EC, "", "-verify_return_error", "-brief").code())
        .as("and who did not import it refuses it")
        .isEqualTo(1);
  }

  @Test
  void openSslReadsTheKeyThatTheBoxKeeps() throws Exception {
    Ended key =
        openssl(
            "",
            "pkey",
            "-in",
            data.resolve("ec").resolve(BoxTls.KEY).toString(),
            "-pubout",
            "-text");
    assertThat(key.code()).isZero();
    assertThat(key.said()).contains("NIST CURVE: P-256");
  }

  /** Loading it costs a box much of a second; only making or judging a certificate needs it. */
  @Test
  void aStartWithWhatIsKeptLoadsNoBouncyCastle() {
    assertThat(classesAtStart.contains("io.airbox.daemon.tls.BoxTls")).isTrue();
    assertThat(classesAtStart.stream().filter(name -> name.startsWith("org.bouncycastle.")))
        .isEmpty();
  }
}
