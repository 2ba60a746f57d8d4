package io.airbox.daemon.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A key with its certificate, that makes further ones: what an owner's authority does. */
final class Issuer {
  static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
  private static final AtomicInteger SERIAL = new AtomicInteger(1);

  final PrivateKey key;
  final X509Certificate certificate;

  private Issuer(PrivateKey key, X509Certificate certificate) {
    this.key = key;
    this.certificate = certificate;
  }

  /** What a certificate is to be; the default is a good leaf. */
  static final class Recipe {
    Instant from = NOW.minus(Duration.ofDays(30));
    Instant to = NOW.plus(Duration.ofDays(90));
    String signature = "SHA256withECDSA";
    BasicConstraints constraints = new BasicConstraints(false);
    KeyUsage usage = new KeyUsage(KeyUsage.digitalSignature);
    KeyPurposeId purpose = KeyPurposeId.id_kp_serverAuth;
    String name = "box.example.org";
    KeyPair keys;
    String unknownExtension;
  }

  static void authority(Recipe recipe) {
    recipe.constraints = new BasicConstraints(true);
    recipe.usage = new KeyUsage(KeyUsage.keyCertSign);
    recipe.purpose = null;
    recipe.name = null;
  }

  static Issuer root(String name) throws Exception {
    return make(name, null, Issuer::authority);
  }

  static Issuer selfSigned(String name, Consumer<Recipe> changes) throws Exception {
    return make(name, null, changes);
  }

  Issuer authority(String name) throws Exception {
    return make(name, this, Issuer::authority);
  }

  Issuer leaf(Consumer<Recipe> changes) throws Exception {
    return make("box", this, changes);
  }

  private static Issuer make(String name, Issuer issuer, Consumer<Recipe> changes)
      throws Exception {
    Recipe recipe = new Recipe();
    changes.accept(recipe);
    KeyPair keys = recipe.keys == null ? p256() : recipe.keys;
    X500Name subject = new X500Name("CN=" + name);
    X509v3CertificateBuilder builder =
        new X509v3CertificateBuilder(
            issuer == null
                ? subject
                : X500Name.getInstance(issuer.certificate.getSubjectX500Principal().getEncoded()),
            BigInteger.valueOf(SERIAL.getAndIncrement()),
            Date.from(recipe.from),
            Date.from(recipe.to),
            subject,
            SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()));
    add(builder, Extension.basicConstraints, true, recipe.constraints);
    add(builder, Extension.keyUsage, true, recipe.usage);
    if (recipe.purpose != null) {
      add(builder, Extension.extendedKeyUsage, false, new ExtendedKeyUsage(recipe.purpose));
    }
    if (recipe.name != null) {
      add(
          builder,
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(new GeneralName(GeneralName.dNSName, recipe.name)));
    }
    if (recipe.unknownExtension != null) {
      add(
          builder,
          new ASN1ObjectIdentifier(recipe.unknownExtension),
          true,
          new BasicConstraints(false));
    }
    return new Issuer(
        keys.getPrivate(), sign(builder, recipe, issuer == null ? keys.getPrivate() : issuer.key));
  }

  private static X509Certificate sign(
      X509v3CertificateBuilder builder, Recipe recipe, PrivateKey key)
      throws IOException, GeneralSecurityException, OperatorCreationException {
    ContentSigner signer =
        recipe.signature.startsWith("PSS with ")
            ? new PssSigner(recipe.signature.substring("PSS with ".length()), key)
            : new JcaContentSignerBuilder(recipe.signature).build(key);
    return TlsIdentity.certificate(builder.build(signer).getEncoded());
  }

  /** Bouncy Castle knows the JDK's PSS by no name. */
  private record PssSigner(String digest, PrivateKey key, ByteArrayOutputStream content)
      implements ContentSigner {
    PssSigner(String digest, PrivateKey key) {
      this(digest, key, new ByteArrayOutputStream());
    }

    @Override
    public AlgorithmIdentifier getAlgorithmIdentifier() {
      return new DefaultSignatureAlgorithmIdentifierFinder()
          .find(digest.replace("-", "") + "WITHRSAANDMGF1");
    }

    @Override
    public OutputStream getOutputStream() {
      return content;
    }

    @Override
    public byte[] getSignature() {
      try {
        MGF1ParameterSpec mask = new MGF1ParameterSpec(digest);
        int salt = digest.equals("SHA-1") ? 20 : 32;
        Signature signature = Signature.getInstance("RSASSA-PSS");
        signature.setParameter(new PSSParameterSpec(digest, "MGF1", mask, salt, 1));
        signature.initSign(key);
        signature.update(content.toByteArray());
        return signature.sign();
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static void add(
      X509v3CertificateBuilder builder,
      ASN1ObjectIdentifier id,
      boolean critical,
      ASN1Encodable value)
      throws IOException {
    if (value != null) {
      builder.addExtension(id, critical, value);
    }
  }

  static KeyPair p256() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  /** A pair from a fixture. Its public half is not in PKCS#8 of OpenSSL for RSA alone. */
  static KeyPair fixture(String file) throws Exception {
    PrivateKeyInfo info = PrivateKeyInfo.getInstance(Pem.read(text(file)).get(0).der());
    PrivateKey key =
        TlsIdentity.privateKey(
            info.getPrivateKeyAlgorithm().getAlgorithm().getId().startsWith("1.2.840.10045")
                ? "EC"
                : "RSA",
            info.getEncoded());
    byte[] spki;
    if (key.getAlgorithm().equals("RSA")) {
      RSAPrivateKey rsa = RSAPrivateKey.getInstance(info.parsePrivateKey());
      spki =
          new SubjectPublicKeyInfo(
                  info.getPrivateKeyAlgorithm(),
                  new RSAPublicKey(rsa.getModulus(), rsa.getPublicExponent()))
              .getEncoded();
    } else {
      spki =
          new SubjectPublicKeyInfo(
                  info.getPrivateKeyAlgorithm(),
                  org.bouncycastle.asn1.sec.ECPrivateKey.getInstance(info.parsePrivateKey())
                      .getPublicKey()
                      .getBytes())
              .getEncoded();
    }
    return new KeyPair(
        KeyFactory.getInstance(key.getAlgorithm()).generatePublic(new X509EncodedKeySpec(spki)),
        key);
  }

  static String text(String file) throws IOException {
    try (InputStream in = Issuer.class.getResourceAsStream(file)) {
      return new String(in.readAllBytes(), US_ASCII);
    }
  }

  String keyPem() {
    return Pem.write(Pem.PRIVATE_KEY, key.getEncoded());
  }

  static String pem(Issuer... certificates) {
    return TlsIdentity.pem(Arrays.stream(certificates).map(one -> one.certificate).toList());
  }
}
