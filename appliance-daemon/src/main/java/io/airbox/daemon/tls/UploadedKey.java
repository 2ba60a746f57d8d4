package io.airbox.daemon.tls;

import io.airbox.daemon.tls.TlsException.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.interfaces.ECKey;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * Reads a private key as people have them: PKCS#8 (RFC 5208), PKCS#1 for RSA (RFC 8017) and SEC 1
 * for elliptic curves (RFC 5915), in PEM. What it says never repeats anything of the key.
 */
final class UploadedKey {
  private static final int LONGEST_TEXT = 32 * 1024;
  private static final String RSA = "RSA PRIVATE KEY";
  private static final String EC = "EC PRIVATE KEY";

  private static final Set<String> LABELS = Set.of(Pem.PRIVATE_KEY, RSA, EC);

  /** Stands before a key that {@code openssl ecparam -genkey} wrote. */
  private static final String PARAMETERS = "EC PARAMETERS";

  private static final Map<ASN1ObjectIdentifier, String> ALGORITHMS =
      Map.of(PKCSObjectIdentifiers.rsaEncryption, "RSA", X9ObjectIdentifiers.id_ecPublicKey, "EC");

  private static final Map<ASN1ObjectIdentifier, String> UNUSABLE =
      Map.of(
          EdECObjectIdentifiers.id_Ed25519,
          "is an Ed25519 key, which no browser accepts in TLS",
          EdECObjectIdentifiers.id_Ed448,
          "is an Ed448 key, which no browser accepts in TLS",
          PKCSObjectIdentifiers.id_RSASSA_PSS,
          "is an RSA key for PSS alone, which no browser accepts in TLS");

  private static final String OTHER_CURVE = "is not on the curve P-256, P-384 or P-521";

  private UploadedKey() {}

  /**
   * Reads one key, of kind {@code RSA} or {@code EC}.
   *
   * @throws TlsException {@code KEY_REFUSED}: there is not exactly one, it is encrypted, or of a
   *     kind that is not served
   */
  static PrivateKey read(String text) {
    Pem.Block block = only(text);
    if (block.encrypted()) {
      throw refused(
          "is encrypted, and the box has nobody to ask for its passphrase when it starts. Write it"
              + " without: openssl pkey -in KEY -out plain.pem");
    }
    if (!LABELS.contains(block.label())) {
      throw refused(
          "is a "
              + block.label()
              + "; wanted is a PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY, as `openssl pkey -in"
              + " KEY` writes it");
    }
    PrivateKeyInfo info;
    try {
      info = info(block);
    } catch (IOException | RuntimeException e) {
      // Bouncy Castle says by many unchecked exceptions that bytes are not what they should be
      throw refused("is not a " + block.label() + " inside its PEM; was it damaged on its way?");
    }
    ASN1ObjectIdentifier kind = info.getPrivateKeyAlgorithm().getAlgorithm();
    String algorithm = ALGORITHMS.get(kind);
    if (algorithm == null) {
      throw refused(
          UNUSABLE.getOrDefault(kind, "is of an unknown kind (" + shown(kind) + ")")
              + "; use RSA, or EC on P-256 or P-384");
    }
    try {
      PrivateKey key = TlsIdentity.privateKey(algorithm, info.getEncoded());
      if (key instanceof ECKey onCurve && Curve.of(onCurve).isEmpty()) {
        throw refused(OTHER_CURVE);
      }
      return key;
    } catch (IOException | GeneralSecurityException e) {
      throw refused(
          algorithm.equals("EC")
              ? OTHER_CURVE + ", or is damaged"
              : "is not a usable RSA key; was it damaged on its way?");
    }
  }

  private static Pem.Block only(String text) {
    if (text.length() > LONGEST_TEXT) {
      throw refused("is longer than " + LONGEST_TEXT / 1024 + " KiB; no private key is");
    }
    List<Pem.Block> blocks;
    try {
      blocks = Pem.read(text).stream().filter(block -> !block.label().equals(PARAMETERS)).toList();
    } catch (IllegalArgumentException e) {
      throw refused("is not whole: " + e.getMessage());
    }
    if (blocks.size() != 1) {
      throw refused(
          "holds "
              + (blocks.isEmpty() ? "nothing" : blocks.size() + " things")
              + " in PEM where one private key is wanted, from -----BEGIN to -----END, both lines"
              + " included");
    }
    return blocks.get(0);
  }

  private static PrivateKeyInfo info(Pem.Block block) throws IOException {
    ASN1Primitive content = ASN1Primitive.fromByteArray(block.der());
    if (content == null) {
      throw new EOFException("no content");
    }
    if (block.label().equals(RSA)) {
      return new PrivateKeyInfo(
          new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
          RSAPrivateKey.getInstance(content));
    }
    if (block.label().equals(EC)) {
      ECPrivateKey key = ECPrivateKey.getInstance(content);
      return new PrivateKeyInfo(
          new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, key.getParametersObject()),
          key);
    }
    return PrivateKeyInfo.getInstance(content);
  }

  private static String shown(ASN1ObjectIdentifier kind) {
    String id = kind.getId();
    return id.length() <= 40 ? id : id.substring(0, 40) + "…";
  }

  private static TlsException refused(String what) {
    return new TlsException(Reason.KEY_REFUSED, "the key " + what);
  }
}
