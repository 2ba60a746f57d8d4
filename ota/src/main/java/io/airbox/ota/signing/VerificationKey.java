package io.airbox.ota.signing;

import io.airbox.ota.UpdateException;
import io.airbox.ota.UpdateException.Reason;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** An Ed25519 public key (RFC 8032), 32 bytes. */
public final class VerificationKey {
  /** The signature's length in bytes. */
  public static final int SIGNATURE_BYTES = 64;

  private static final String PREFIX = "ed25519:";
  private static final int BYTES = 32;

  /** What stands before the 32 bytes in DER (RFC 8410, section 4). */
  private static final byte[] DER = HexFormat.of().parseHex("302a300506032b6570032100");

  private final byte[] raw;
  private final PublicKey key;

  private VerificationKey(byte[] raw, PublicKey key) {
    this.raw = raw;
    this.key = key;
  }

  /**
   * Reads {@link #text}.
   *
   * @throws UpdateException {@code MALFORMED}
   */
  public static VerificationKey parse(String text) {
    if (!text.startsWith(PREFIX)) {
      throw malformed(text, null);
    }
    try {
      byte[] raw = Base64.getDecoder().decode(text.substring(PREFIX.length()));
      if (raw.length != BYTES) {
        throw malformed(text, null);
      }
      VerificationKey key = of(raw);
      if (!key.text().equals(text)) {
        throw malformed(text, null); // Base64 with stray bits: one key has one text
      }
      return key;
    } catch (IllegalArgumentException | InvalidKeySpecException e) {
      throw malformed(text, e);
    }
  }

  private static UpdateException malformed(String text, @Nullable Throwable cause) {
    return new UpdateException(
        Reason.MALFORMED,
        "not a public key: " + text + "; it looks like " + PREFIX + " and 44 characters of Base64",
        cause);
  }

  static VerificationKey of(byte[] raw) throws InvalidKeySpecException {
    byte[] der = Arrays.copyOf(DER, DER.length + BYTES);
    System.arraycopy(raw, 0, der, DER.length, BYTES);
    try {
      KeyFactory factory = KeyFactory.getInstance("Ed25519");
      return new VerificationKey(raw.clone(), factory.generatePublic(new X509EncodedKeySpec(der)));
    } catch (InvalidKeySpecException e) {
      throw e;
    } catch (GeneralSecurityException everyPlatformHasIt) {
      throw new IllegalStateException(everyPlatformHasIt);
    }
  }

  /** {@code ed25519:} and the 32 bytes in Base64. */
  public String text() {
    return PREFIX + Base64.getEncoder().encodeToString(raw);
  }

  /** SHA-256 of the 32 bytes, in hex: what envelopes name it by. */
  public String id() {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(raw));
    } catch (GeneralSecurityException everyPlatformHasIt) {
      throw new IllegalStateException(everyPlatformHasIt);
    }
  }

  /** Whether this is a signature of these bytes by this key. */
  boolean verifies(byte[] message, byte[] signature) {
    try {
      Signature verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(key);
      verifier.update(message);
      return verifier.verify(signature);
    } catch (SignatureException notEvenASignature) {
      return false;
    } catch (InvalidKeyException notAPoint) {
      return false; // the factory takes 32 bytes that are on no curve
    } catch (GeneralSecurityException everyPlatformHasIt) {
      throw new IllegalStateException(everyPlatformHasIt);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof VerificationKey that && Arrays.equals(raw, that.raw);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(raw);
  }

  @Override
  public String toString() {
    return text();
  }
}
