package io.airbox.power.mqtt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbox.power.storage.DurableFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks commands that only the owner of the command key may give: an envelope, the base64 of JSON
 * with {@code site}, {@code box}, {@code verb}, {@code nonce} and {@code expires}, and its Ed25519
 * signature. Each nonce counts once, also over restarts. For one thread.
 */
final class SignedCommands {
  /** So long ahead an expiry may be; so long after it nonces are remembered at least. */
  static final Duration LONGEST = Duration.ofMinutes(10);

  private static final int MOST_NONCES = 1000;
  private static final Pattern NONCE = Pattern.compile("[A-Za-z0-9_-]{8,64}");
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\\s]+)-----END PUBLIC KEY-----");

  private final MqttSettings settings;
  private final Optional<Path> keyFile;
  private final Path nonceFile;
  private final InstantSource clock;
  private final Map<String, Long> nonces = new HashMap<>();

  /**
   * With the nonces that were used before.
   *
   * @param keyFile the public key in PEM; empty refuses everything
   */
  SignedCommands(MqttSettings settings, Optional<Path> keyFile, Path nonceFile, InstantSource clock)
      throws IOException {
    this.settings = settings;
    this.keyFile = keyFile;
    this.nonceFile = nonceFile;
    this.clock = clock;
    try {
      for (String line : Files.readAllLines(nonceFile, StandardCharsets.US_ASCII)) {
        String[] parts = line.split(" ", -1);
        if (parts.length == 2 && NONCE.matcher(parts[0]).matches()) {
          nonces.put(parts[0], Long.parseLong(parts[1]));
        }
      }
    } catch (NoSuchFileException e) {
      nonces.clear();
    } catch (NumberFormatException e) {
      throw new IOException(nonceFile + " is garbled; delete it when no command is under way", e);
    }
  }

  /**
   * Says whether a command may be done, and uses its nonce up.
   *
   * @return the order that was signed
   * @throws Commands.RefusedException it may not
   */
  ObjectNode check(Commands.Verb verb, ObjectNode request) throws Commands.RefusedException {
    if (keyFile.isEmpty()) {
      throw new Commands.RefusedException("this box has no command key (mqtt.command.key)");
    }
    byte[] envelope = decoded(request, "envelope");
    byte[] signature = decoded(request, "signature");
    if (!signed(envelope, signature)) {
      throw new Commands.RefusedException("the signature is not that of the command key");
    }
    ObjectNode order =
        Documents.object(envelope)
            .orElseThrow(() -> new Commands.RefusedException("the envelope is not JSON"));
    expect(order, "site", settings.site());
    expect(order, "box", settings.box());
    expect(order, "verb", verb.id());
    long now = clock.millis();
    JsonNode expires = order.path("expires");
    if (!expires.isIntegralNumber()
        || expires.longValue() <= now
        || expires.longValue() > now + LONGEST.toMillis()) {
      throw new Commands.RefusedException(
          "\"expires\" must be within the next "
              + LONGEST.toMinutes()
              + " minutes of this box's"
              + " clock, which says "
              + clock.instant());
    }
    use(order.path("nonce").asText(), expires.longValue(), now);
    return order;
  }

  private void use(String nonce, long expires, long now) throws Commands.RefusedException {
    if (!NONCE.matcher(nonce).matches()) {
      throw new Commands.RefusedException("\"nonce\" must be 8 to 64 letters, digits, - and _");
    }
    if (nonces.containsKey(nonce)) {
      throw new Commands.RefusedException("this nonce was used before");
    }
    if (nonces.size() >= MOST_NONCES) {
      // not before: a clock that was wrong for a while must not make an old order new
      nonces.values().removeIf(until -> until < now - LONGEST.toMillis());
    }
    if (nonces.size() >= MOST_NONCES) {
      throw new Commands.RefusedException("too many commands within ten minutes");
    }
    nonces.put(nonce, expires);
    StringBuilder text = new StringBuilder();
    nonces.forEach((each, until) -> text.append(each).append(' ').append(until).append('\n'));
    try {
      DurableFile.replace(nonceFile, text.toString().getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new Commands.RefusedException("the nonce cannot be kept: " + e.getMessage());
    }
  }

  private static void expect(ObjectNode order, String field, String value)
      throws Commands.RefusedException {
    if (!order.path(field).asText().equals(value)) {
      throw new Commands.RefusedException("\"" + field + "\" is not \"" + value + "\"");
    }
  }

  private static byte[] decoded(ObjectNode request, String field) throws Commands.RefusedException {
    try {
      String text = request.path(field).asText();
      if (!text.isEmpty()) {
        return Base64.getMimeDecoder().decode(text);
      }
    } catch (IllegalArgumentException e) {
      throw new Commands.RefusedException("\"" + field + "\" is not base64");
    }
    throw new Commands.RefusedException(
        "it needs \"envelope\" and \"signature\"; \"" + field + "\" is missing");
  }

  private boolean signed(byte[] envelope, byte[] signature) throws Commands.RefusedException {
    try {
      Matcher pem = KEY.matcher(Files.readString(keyFile.orElseThrow(), StandardCharsets.US_ASCII));
      if (!pem.find()) {
        throw new Commands.RefusedException("the command key of this box is no public key in PEM");
      }
      PublicKey key =
          KeyFactory.getInstance("Ed25519")
              .generatePublic(new X509EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1))));
      Signature check = Signature.getInstance("Ed25519");
      check.initVerify(key);
      check.update(envelope);
      return check.verify(signature);
    } catch (IOException e) {
      throw new Commands.RefusedException("the command key of this box cannot be read");
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
