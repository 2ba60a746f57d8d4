package io.airbox.power.mqtt;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignedCommandsTest {
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

  @TempDir private Path folder;
  private Instant now = NOON;

  private static MqttSettings settings() {
    return new MqttSettings(
        URI.create("tcp://127.0.0.1:1"),
        Set.of(Layout.JSON),
        "lab",
        "one",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Duration.ofSeconds(30),
        Duration.ofSeconds(30),
        Optional.empty(),
        "homeassistant");
  }

  private SignedCommands opened(KeyPair key) throws IOException {
    Path file = folder.resolve("command.pem");
    Files.writeString(
        file,
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder().encodeToString(key.getPublic().getEncoded())
            + "\n-----END PUBLIC KEY-----\n");
    return new SignedCommands(settings(), Optional.of(file), folder.resolve("nonces"), () -> now);
  }

  private static ObjectNode order(KeyPair key, String nonce, Instant expires)
      throws GeneralSecurityException {
    byte[] envelope =
        Documents.bytes(
            Documents.JSON
                .createObjectNode()
                .put("site", "lab")
                .put("box", "one")
                .put("verb", "restart-worker")
                .put("nonce", nonce)
                .put("expires", expires.toEpochMilli()));
    Signature signature = Signature.getInstance("Ed25519");
    signature.initSign(key.getPrivate());
    signature.update(envelope);
    return Documents.JSON
        .createObjectNode()
        .put("envelope", Base64.getEncoder().encodeToString(envelope))
        .put("signature", Base64.getEncoder().encodeToString(signature.sign()));
  }

  /** Orders were given while the clock was a day ahead, and it was set right. */
  @Test
  void aClockThatWasWrongMakesNoOldOrderNew() throws Exception {
    KeyPair key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    SignedCommands commands = opened(key);
    ObjectNode first = order(key, "nonce-0001", NOON.plusSeconds(300));
    commands.check(Commands.Verb.RESTART_WORKER, first);
    now = NOON.plus(Duration.ofDays(1));
    commands.check(Commands.Verb.RESTART_WORKER, order(key, "nonce-0002", now.plusSeconds(300)));
    now = NOON;
    assertThatThrownBy(() -> commands.check(Commands.Verb.RESTART_WORKER, first))
        .hasMessage("this nonce was used before");
    SignedCommands again = opened(key);
    assertThatThrownBy(() -> again.check(Commands.Verb.RESTART_WORKER, first))
        .hasMessage("this nonce was used before");
    now = Instant.EPOCH;
    assertThatThrownBy(() -> again.check(Commands.Verb.RESTART_WORKER, first))
        .hasMessageContaining("which says 1970-01-01T00:00:00Z");
    now = NOON;
    assertThatCode(
            () ->
                again.check(
                    Commands.Verb.RESTART_WORKER, order(key, "nonce-0003", NOON.plusSeconds(300))))
        .doesNotThrowAnyException();
  }
}
