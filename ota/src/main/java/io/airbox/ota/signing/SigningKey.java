package io.airbox.ota.signing;

import io.airbox.ota.UpdateException;
import io.airbox.ota.UpdateException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;
import org.jspecify.annotations.Nullable;

/** An Ed25519 private key and what it signs. Its text never shows the key. */
public final class SigningKey {
  private static final Pattern PEM =
      Pattern.compile(
          "-----BEGIN (ENCRYPTED )?PRIVATE KEY-----([A-Za-z0-9+/=\\s]{1,4000})-----END (ENCRYPTED )?PRIVATE KEY-----");

  /** Key derivation and cipher of encrypted files: PBES2 (RFC 8018). */
  private static final String PBES2 = "PBEWithHmacSHA256AndAES_256";

  /** 1.2.840.113549.1.5.13 in DER (RFC 8018, appendix A.4). */
  private static final byte[] PBES2_IDENTIFIER = HexFormat.of().parseHex("06092a864886f70d01050d");

  /** As OWASP's password storage guide asks of PBKDF2 with HMAC-SHA-256 in 2023. */
  private static final int ITERATIONS = 600_000;

  private static final int SALT_BYTES = 16;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final PrivateKey key;
  private final VerificationKey verification;

  private SigningKey(PrivateKey key, VerificationKey verification) {
    this.key = key;
    this.verification = verification;
  }

  /** A new key. */
  public static SigningKey generate() {
    byte[] seed = new byte[32];
    RANDOM.nextBytes(seed);
    return ofSeed(seed);
  }

  /**
   * The key of a seed (RFC 8032, section 5.1.5). Java derives the public half only when it makes a
   * pair, and takes the seed from its source of random bytes then.
   */
  private static SigningKey ofSeed(byte[] seed) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
      generator.initialize(NamedParameterSpec.ED25519, new Seed(seed));
      var pair = generator.generateKeyPair();
      var made = ((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow();
      if (!Arrays.equals(made, seed)) {
        throw new IllegalStateException("this Java makes Ed25519 pairs in another way");
      }
      byte[] encoded = ((EdECPublicKey) pair.getPublic()).getEncoded();
      byte[] raw = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
      return new SigningKey(pair.getPrivate(), VerificationKey.of(raw));
    } catch (GeneralSecurityException everyPlatformHasIt) {
      throw new IllegalStateException(everyPlatformHasIt);
    }
  }

  /** Random bytes that are a given seed. */
  private static final class Seed extends SecureRandom {
    private static final long serialVersionUID = 1L;

    private final byte[] seed;

    Seed(byte[] seed) {
      this.seed = seed.clone();
    }

    @Override
    public void nextBytes(byte[] bytes) {
      System.arraycopy(seed, 0, bytes, 0, bytes.length);
    }
  }

  /**
   * Reads a PEM file of PKCS#8, as {@link #pem} and OpenSSL write it.
   *
   * @param passphrase of an encrypted file; null where there is none
   * @throws UpdateException {@code UNREADABLE_KEY}; its message shows nothing of the file
   */
  public static SigningKey parse(String pem, char @Nullable [] passphrase) {
    Matcher matcher = PEM.matcher(pem);
    if (!matcher.find()) {
      throw unreadable("there is no private key in it (PEM, PKCS#8)", null);
    }
    try {
      byte[] der = Base64.getMimeDecoder().decode(matcher.group(2));
      PKCS8EncodedKeySpec spec =
          matcher.group(1) == null ? new PKCS8EncodedKeySpec(der) : decrypt(der, passphrase);
      PrivateKey read = KeyFactory.getInstance("Ed25519").generatePrivate(spec);
      return ofSeed(((EdECPrivateKey) read).getBytes().orElseThrow());
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw unreadable(
          matcher.group(1) == null
              ? "it is no Ed25519 key"
              : "the passphrase is wrong, or it is no Ed25519 key",
          e);
    }
  }

  private static PKCS8EncodedKeySpec decrypt(byte[] der, char @Nullable [] passphrase)
      throws IOException, GeneralSecurityException {
    if (passphrase == null) {
      throw unreadable("it is encrypted; give its passphrase", null);
    }
    EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(der);
    // the parameters' text is the whole scheme, the algorithm's name only "PBES2"
    String scheme = info.getAlgParameters().toString();
    PBEKeySpec secret = new PBEKeySpec(passphrase);
    try {
      Cipher cipher = Cipher.getInstance(scheme);
      cipher.init(
          Cipher.DECRYPT_MODE,
          SecretKeyFactory.getInstance(scheme).generateSecret(secret),
          info.getAlgParameters());
      return info.getKeySpec(cipher);
    } finally {
      secret.clearPassword();
    }
  }

  private static UpdateException unreadable(String why, @Nullable Throwable cause) {
    return new UpdateException(Reason.UNREADABLE_KEY, "the key cannot be used: " + why, cause);
  }

  /**
   * The key as PEM, for a file that only its owner may read.
   *
   * @param passphrase encrypts it; null writes it in the clear
   */
  public String pem(char @Nullable [] passphrase) {
    return pem(passphrase, ITERATIONS);
  }

  String pem(char @Nullable [] passphrase, int iterations) {
    if (passphrase == null) {
      return pem("PRIVATE KEY", key.getEncoded());
    }
    byte[] salt = new byte[SALT_BYTES];
    RANDOM.nextBytes(salt);
    PBEKeySpec secret = new PBEKeySpec(passphrase);
    try {
      Cipher cipher = Cipher.getInstance(PBES2);
      cipher.init(
          Cipher.ENCRYPT_MODE,
          SecretKeyFactory.getInstance(PBES2).generateSecret(secret),
          new PBEParameterSpec(salt, iterations));
      byte[] encrypted = cipher.doFinal(key.getEncoded());
      // by hand: EncryptedPrivateKeyInfo of Java 17 does not know this scheme's name
      byte[] algorithm = der(0x30, PBES2_IDENTIFIER, cipher.getParameters().getEncoded());
      return pem("ENCRYPTED PRIVATE KEY", der(0x30, algorithm, der(0x04, encrypted)));
    } catch (IOException | GeneralSecurityException everyPlatformHasIt) {
      throw new IllegalStateException(everyPlatformHasIt);
    } finally {
      secret.clearPassword();
    }
  }

  /** A value of DER: tag, length, and the parts one after another. */
  private static byte[] der(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    int length = content.size();
    if (length >= 0x80) {
      out.write(length > 0xff ? 0x82 : 0x81);
    }
    if (length > 0xff) {
      out.write(length >> 8);
    }
    out.write(length);
    out.writeBytes(content.toByteArray());
    return out.toByteArray();
  }

  private static String pem(String label, byte[] der) {
    Base64.Encoder base64 = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
    return "-----BEGIN "
        + label
        + "-----\n"
        + base64.encodeToString(der)
        + "\n-----END "
        + label
        + "-----\n";
  }

  /** The public half. */
  public VerificationKey verificationKey() {
    return verification;
  }

  /** A signature of these bytes, 64 bytes. */
  byte[] sign(byte[] message) {
    try {
      Signature signer = Signature.getInstance("Ed25519");
      signer.initSign(key);
      signer.update(message);
      return signer.sign();
    } catch (GeneralSecurityException everyPlatformHasIt) {
      throw new IllegalStateException(everyPlatformHasIt);
    }
  }

  @Override
  public String toString() {
    return "private half of " + verification;
  }
}
