package io.airbox.daemon.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Makes the self-signed certificate for the box's key. It is no authority: what trusts it trusts
 * this one box.
 */
final class OwnCertificate {
  /** How long a certificate is valid from its making. */
  static final Duration LIFETIME = Duration.ofDays(397);

  /**
   * How far before its making a certificate becomes valid: a box may make it by a clock that is
   * ahead. Together with {@link #LIFETIME} it stays below the 825 days that Apple's systems accept
   * even of a certificate trusted by hand (support.apple.com/103769).
   */
  static final Duration BACKDATED = Duration.ofDays(397);

  /** The longest common name (RFC 5280, ub-common-name). */
  private static final int LONGEST_COMMON_NAME = 64;

  private OwnCertificate() {}

  /**
   * A certificate with a new serial number: browsers refuse two different ones that share it.
   *
   * @param key on P-256
   * @param host the common name
   * @param names DNS names and addresses in the spelling of {@link CertificateNames}
   */
  static X509Certificate make(ECPrivateKey key, String host, List<String> names, Instant now) {
    SecureRandom random = new SecureRandom();
    BigInteger serial = new BigInteger(126, random).setBit(126);
    X500Name name =
        new X500NameBuilder()
            .addRDN(BCStyle.CN, host.substring(0, Math.min(host.length(), LONGEST_COMMON_NAME)))
            .build();
    Instant made = now.truncatedTo(ChronoUnit.SECONDS);
    X509v3CertificateBuilder builder =
        new X509v3CertificateBuilder(
            name,
            serial,
            Date.from(made.minus(BACKDATED)),
            Date.from(made.plus(LIFETIME)),
            name,
            publicKey(key));
    GeneralName[] alternatives =
        names.stream()
            .map(
                text ->
                    new GeneralName(
                        CertificateNames.address(text).isPresent()
                            ? GeneralName.iPAddress
                            : GeneralName.dNSName,
                        text))
            .toArray(GeneralName[]::new);
    try {
      builder
          .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
          .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
          .addExtension(
              Extension.extendedKeyUsage,
              false,
              new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
          .addExtension(Extension.subjectAlternativeName, false, new GeneralNames(alternatives));
      byte[] encoded =
          builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)).getEncoded();
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(encoded));
    } catch (IOException | OperatorCreationException | GeneralSecurityException e) {
      throw new IllegalStateException("a certificate for " + names + " cannot be made", e);
    }
  }

  /** The public half, which the kept key does not carry. */
  private static SubjectPublicKeyInfo publicKey(ECPrivateKey key) {
    X9ECParameters curve = ECNamedCurveTable.getByOID(SECObjectIdentifiers.secp256r1);
    byte[] point =
        new FixedPointCombMultiplier().multiply(curve.getG(), key.getS()).getEncoded(false);
    return new SubjectPublicKeyInfo(
        new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, SECObjectIdentifiers.secp256r1),
        point);
  }
}
