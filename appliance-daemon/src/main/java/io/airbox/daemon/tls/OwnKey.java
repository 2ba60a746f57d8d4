package io.airbox.daemon.tls;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.util.Optional;

/** The kind of key that a box makes for itself: EC on P-256, which every client accepts. */
final class OwnKey {
  private OwnKey() {}

  static ECPrivateKey generate() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(Curve.P_256.spec());
      return (ECPrivateKey) generator.generateKeyPair().getPrivate();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has P-256", e);
    }
  }

  /**
   * Reads PKCS#8.
   *
   * @throws GeneralSecurityException it is not such a key
   */
  static ECPrivateKey read(byte[] pkcs8) throws GeneralSecurityException {
    PrivateKey key = TlsIdentity.privateKey("EC", pkcs8);
    if (key instanceof ECPrivateKey own && Curve.of(own).equals(Optional.of(Curve.P_256))) {
      return own;
    }
    throw new InvalidKeyException("not on P-256");
  }
}
