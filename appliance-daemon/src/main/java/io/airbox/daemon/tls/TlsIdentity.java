package io.airbox.daemon.tls;

import io.airbox.daemon.tls.CertificateDescription.Source;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;

/** A private key with the chain that vouches for it: what a TLS server shows. Immutable. */
public final class TlsIdentity {
  private final Source source;
  private final PrivateKey key;
  private final List<X509Certificate> chain;

  /**
   * A key with its chain.
   *
   * @param chain leaf first, at least one
   * @throws IllegalArgumentException the key is not the leaf's
   */
  TlsIdentity(Source source, PrivateKey key, List<X509Certificate> chain) {
    this.source = source;
    this.key = key;
    this.chain = List.copyOf(chain);
    if (!belongTogether(key, leaf().getPublicKey())) {
      throw new IllegalArgumentException("the private key is not the certificate's");
    }
  }

  public Source source() {
    return source;
  }

  public PrivateKey privateKey() {
    return key;
  }

  /** Leaf first. */
  public List<X509Certificate> chain() {
    return chain;
  }

  public X509Certificate leaf() {
    return chain.get(0);
  }

  /** The key as PKCS#8 in PEM. A secret. */
  public byte[] keyPem() {
    return Pem.write(Pem.PRIVATE_KEY, key.getEncoded()).getBytes(StandardCharsets.US_ASCII);
  }

  /** The chain in PEM, leaf first. */
  public byte[] chainPem() {
    return pem(chain).getBytes(StandardCharsets.US_ASCII);
  }

  static String pem(List<X509Certificate> chain) {
    StringBuilder text = new StringBuilder();
    for (X509Certificate certificate : chain) {
      try {
        text.append(Pem.write(Pem.CERTIFICATE, certificate.getEncoded()));
      } catch (CertificateEncodingException e) {
        throw new IllegalStateException("a parsed certificate has its encoding", e);
      }
    }
    return text.toString();
  }

  /** Reads PKCS#8; {@code algorithm} is a public key's, {@code EC} or {@code RSA}. */
  static PrivateKey privateKey(String algorithm, byte[] pkcs8) throws GeneralSecurityException {
    return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
  }

  /** Reads one certificate in DER. */
  static X509Certificate certificate(byte[] der) throws GeneralSecurityException {
    if (!isOneSequence(der)) {
      // the JDK would follow the indefinite lengths of BER as deep as its stack goes
      throw new CertificateException("not a DER sequence of a certificate's size");
    }
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
  }

  /** Whether bytes are one sequence whose length, of two bytes, covers the rest. */
  private static boolean isOneSequence(byte[] der) {
    return der.length > 4
        && der[0] == 0x30
        && der[1] == (byte) 0x82
        && ((der[2] & 0xff) << 8 | (der[3] & 0xff)) == der.length - 4;
  }

  /** Whether what one signs the other verifies. */
  static boolean belongTogether(PrivateKey key, PublicKey publicKey) {
    if (!key.getAlgorithm().equals(publicKey.getAlgorithm())) {
      return false;
    }
    byte[] probe = "airbox".getBytes(StandardCharsets.US_ASCII);
    try {
      Signature signature =
          Signature.getInstance(
              key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA");
      signature.initSign(key);
      signature.update(probe);
      byte[] signed = signature.sign();
      signature.initVerify(publicKey);
      signature.update(probe);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** Without the key. */
  @Override
  public String toString() {
    return source.id() + " " + Fingerprint.ofCertificate(leaf());
  }
}
