package io.airbox.daemon.tls;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A SHA-256 by which people and programs recognise a certificate or a public key.
 *
 * @param text 32 bytes as upper-case hexadecimal pairs with colons, {@code AB:CD:…}
 */
public record Fingerprint(String text) {
  private static final Pattern FORM = Pattern.compile("[0-9A-F]{2}(:[0-9A-F]{2}){31}");
  private static final HexFormat PAIRS = HexFormat.ofDelimiter(":").withUpperCase();

  /** Checks the form. */
  public Fingerprint {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not a SHA-256 fingerprint: 32 hexadecimal pairs such as AB:CD:…");
    }
  }

  /** Of the whole certificate: changes whenever the certificate is made again. */
  public static Fingerprint ofCertificate(X509Certificate certificate) {
    try {
      return of(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalArgumentException("the certificate has no encoding", e);
    }
  }

  /** Of the public key (its SubjectPublicKeyInfo, RFC 5280 §4.1): stays while the key stays. */
  public static Fingerprint ofPublicKey(X509Certificate certificate) {
    return of(certificate.getPublicKey().getEncoded());
  }

  /**
   * What a person typed or pasted: with or without colons, in either case.
   *
   * @throws IllegalArgumentException it is not 32 bytes in hexadecimal
   */
  public static Fingerprint parse(String text) {
    String digits = text.strip().replace(":", "").toUpperCase(Locale.ROOT);
    return new Fingerprint(digits.replaceAll("(?<=.)(?=(..)+$)", ":"));
  }

  private static Fingerprint of(byte[] encoded) {
    try {
      return new Fingerprint(PAIRS.formatHex(MessageDigest.getInstance("SHA-256").digest(encoded)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
