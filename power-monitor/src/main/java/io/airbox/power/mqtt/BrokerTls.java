package io.airbox.power.mqtt;

import io.airbox.power.tls.Authorities;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;

/** Trust and identity towards the broker, read anew for each connection. */
final class BrokerTls {
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

  private BrokerTls() {}

  /**
   * A factory of sockets.
   *
   * @throws IOException a file cannot be read or is not what it should be; the message names it
   */
  static SSLSocketFactory of(MqttSettings settings) throws IOException {
    try {
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(identity(settings), new char[0]);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), Authorities.trust(settings.authority()), null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException e) {
      throw new IOException("TLS towards the broker: " + e.getMessage(), e);
    }
  }

  private static KeyStore identity(MqttSettings settings)
      throws IOException, GeneralSecurityException {
    KeyStore store = Authorities.empty();
    if (settings.certificate().isPresent()) {
      Collection<? extends Certificate> chain =
          Authorities.certificates(settings.certificate().get());
      store.setKeyEntry(
          "box", key(settings.key().orElseThrow()), new char[0], chain.toArray(new Certificate[0]));
    }
    return store;
  }

  private static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
    Matcher pem = KEY.matcher(Files.readString(file, StandardCharsets.US_ASCII));
    if (!pem.find()) {
      throw new IOException(
          file + " holds no PKCS #8 key in PEM; openssl pkcs8 -topk8 -nocrypt makes one");
    }
    byte[] bytes = Base64.getMimeDecoder().decode(pem.group(1));
    for (String algorithm : List.of("EC", "RSA", "Ed25519")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(bytes));
      } catch (InvalidKeySpecException e) {
        // of another kind
      }
    }
    throw new IOException(file + " is a key of neither EC, RSA nor Ed25519");
  }
}
