package io.airbox.daemon.tls;

import io.airbox.daemon.tls.CertificateDescription.Source;
import io.airbox.daemon.tls.TlsException.Reason;
import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Judges an uploaded chain before it is served, so that a mistake is told to the owner who makes it
 * and not to the clients that come after.
 */
final class UploadedChain {
  private static final int LONGEST_TEXT = 128 * 1024;
  private static final int MOST_CERTIFICATES = 10;
  private static final int SMALLEST_RSA = 2048;

  /** Larger ones cost a small box seconds for each visitor. */
  private static final int LARGEST_RSA = 8192;

  private static final Pattern SIGNATURES = Pattern.compile("SHA(256|384|512)with(RSA|ECDSA)");
  private static final Set<String> PSS_DIGESTS = Set.of("SHA-256", "SHA-384", "SHA-512");
  private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
  private static final String ANY_PURPOSE = "2.5.29.37.0";

  /** Positions in a key usage (RFC 5280 §4.2.1.3). */
  private static final int DIGITAL_SIGNATURE = 0;

  private static final int CERTIFICATE_SIGN = 5;

  private final List<X509Certificate> uploaded;
  private final Instant now;

  private UploadedChain(List<X509Certificate> uploaded, Instant now) {
    this.uploaded = uploaded;
    this.now = now;
  }

  /**
   * Reads and judges a chain with its key. Certificates may come in any order; a root and what is
   * there twice are left out, for clients have their own roots.
   *
   * @throws TlsException {@code CHAIN_REFUSED} or {@code KEY_REFUSED} with the first thing that is
   *     wrong
   */
  static TlsIdentity read(String chain, String key, Instant now) {
    PrivateKey privateKey = UploadedKey.read(key);
    UploadedChain given = new UploadedChain(certificates(chain), now);
    List<X509Certificate> ordered = given.ordered(given.leaf(privateKey));
    given.judge(ordered);
    return new TlsIdentity(Source.UPLOADED, privateKey, ordered);
  }

  private static List<X509Certificate> certificates(String text) {
    if (text.length() > LONGEST_TEXT) {
      throw refused("is longer than " + LONGEST_TEXT / 1024 + " KiB; leave out what is not needed");
    }
    List<Pem.Block> blocks;
    try {
      blocks = Pem.read(text);
    } catch (IllegalArgumentException e) {
      throw refused("is not whole: " + e.getMessage());
    }
    if (blocks.isEmpty()) {
      throw refused(
          "holds no certificate in PEM, from -----BEGIN CERTIFICATE----- to its -----END line; one"
              + " in DER is turned into PEM by: openssl x509 -inform DER -in FILE");
    }
    if (blocks.size() > MOST_CERTIFICATES) {
      throw refused(
          "holds "
              + blocks.size()
              + " certificates, of which a server sends "
              + MOST_CERTIFICATES
              + " at most; leave out those of other sites");
    }
    List<X509Certificate> certificates = new ArrayList<>();
    for (Pem.Block block : blocks) {
      String which = "block " + (certificates.size() + 1);
      if (!block.label().equals(Pem.CERTIFICATE)) {
        throw refused(
            "has a " + block.label() + " as its " + which + "; only certificates belong there");
      }
      try {
        certificates.add(TlsIdentity.certificate(block.der()));
      } catch (GeneralSecurityException e) {
        throw refused(
            "has as its " + which + " something that is not an X.509 certificate; was it damaged?");
      }
    }
    return certificates;
  }

  private X509Certificate leaf(PrivateKey key) {
    for (X509Certificate certificate : uploaded) {
      if (TlsIdentity.belongTogether(key, certificate.getPublicKey())) {
        return certificate;
      }
    }
    X509Certificate first = uploaded.get(0);
    throw new TlsException(
        Reason.KEY_REFUSED,
        "the key, of kind "
            + key.getAlgorithm()
            + ", belongs to no certificate of the chain; "
            + shown(first)
            + " has a key of kind "
            + first.getPublicKey().getAlgorithm()
            + ". Upload the key for which the certificate was asked");
  }

  /** The leaf and what vouches for it, each signed by the next, without a root. */
  private List<X509Certificate> ordered(X509Certificate leaf) {
    Set<X509Certificate> rest = new LinkedHashSet<>(uploaded);
    List<X509Certificate> ordered = new ArrayList<>();
    Optional<X509Certificate> next = Optional.of(leaf);
    while (next.isPresent()) {
      X509Certificate current = next.get();
      rest.remove(current);
      if (current.equals(leaf) || !isRoot(current)) {
        ordered.add(current);
      }
      next =
          isRoot(current)
              ? Optional.empty()
              : rest.stream().filter(issuer -> signed(issuer, current)).findFirst();
    }
    rest.removeIf(UploadedChain::isRoot);
    for (X509Certificate stray : rest) {
      throw refused(
          "has with "
              + shown(stray)
              + " a link that does not hold: it signed none of the others. Leave it out, or add what"
              + " is missing between it and "
              + shown(leaf));
    }
    return ordered;
  }

  private static boolean isRoot(X509Certificate certificate) {
    return signed(certificate, certificate);
  }

  private static boolean signed(X509Certificate issuer, X509Certificate certificate) {
    if (!issuer.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
      return false;
    }
    try {
      certificate.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private void judge(List<X509Certificate> ordered) {
    for (int i = 0; i < ordered.size(); i++) {
      X509Certificate certificate = ordered.get(i);
      judgeTime(certificate);
      judgeKey(certificate);
      judgeSignature(certificate);
      if (certificate.hasUnsupportedCriticalExtension()) {
        throw refused(certificate, "has a critical extension that clients do not know");
      }
      if (i > 0 && !mayVouch(certificate, i - 1)) {
        throw refused(certificate, "may not vouch for the one before it");
      }
    }
    judgePurpose(ordered.get(0));
  }

  private void judgeTime(X509Certificate certificate) {
    Instant from = certificate.getNotBefore().toInstant();
    Instant to = certificate.getNotAfter().toInstant();
    String clock = "; the box's clock says " + now + ", is that right?";
    if (now.isBefore(from)) {
      throw refused(certificate, "is not valid before " + from + clock);
    }
    if (now.isAfter(to)) {
      throw refused(certificate, "expired on " + to + clock);
    }
  }

  private void judgeKey(X509Certificate certificate) {
    PublicKey key = certificate.getPublicKey();
    if (key instanceof RSAPublicKey rsa && key.getAlgorithm().equals("RSA")) {
      int bits = rsa.getModulus().bitLength();
      if (bits < SMALLEST_RSA || bits > LARGEST_RSA) {
        throw refused(
            certificate,
            "has an RSA key of "
                + bits
                + " bits; "
                + SMALLEST_RSA
                + " to "
                + LARGEST_RSA
                + " are accepted");
      }
    } else if (!(key instanceof ECPublicKey onCurve) || Curve.of(onCurve).isEmpty()) {
      throw refused(
          certificate,
          "has a key of kind "
              + key.getAlgorithm()
              + " that clients do not know; use RSA, or EC on P-256 or P-384");
    }
  }

  private void judgeSignature(X509Certificate certificate) {
    String algorithm = certificate.getSigAlgName();
    boolean accepted =
        algorithm.equals("RSASSA-PSS")
            ? PSS_DIGESTS.contains(String.valueOf(pssDigest(certificate)))
            : SIGNATURES.matcher(algorithm).matches();
    if (!accepted) {
      throw refused(
          certificate,
          "is signed with "
              + algorithm
              + ", which clients refuse; ask for one signed with SHA-256 and RSA or ECDSA");
    }
  }

  private static @Nullable String pssDigest(X509Certificate certificate) {
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
      parameters.init(certificate.getSigAlgParams());
      return parameters.getParameterSpec(PSSParameterSpec.class).getDigestAlgorithm();
    } catch (GeneralSecurityException | IOException e) {
      return null;
    }
  }

  private static boolean mayVouch(X509Certificate authority, int below) {
    boolean[] usage = authority.getKeyUsage();
    return authority.getBasicConstraints() >= below && (usage == null || usage[CERTIFICATE_SIGN]);
  }

  private void judgePurpose(X509Certificate leaf) {
    boolean[] usage = leaf.getKeyUsage();
    if (usage != null && !usage[DIGITAL_SIGNATURE]) {
      throw refused(leaf, "may not sign (key usage), which every modern TLS server does");
    }
    try {
      List<String> purposes = leaf.getExtendedKeyUsage();
      if (purposes != null && !purposes.contains(SERVER_AUTH) && !purposes.contains(ANY_PURPOSE)) {
        throw refused(leaf, "is not for a server (extended key usage lacks serverAuth)");
      }
    } catch (CertificateParsingException e) {
      throw refused(leaf, "has an extended key usage that cannot be read");
    }
    if (CertificateNames.in(leaf).isEmpty()) {
      throw refused(
          leaf, "names no host (subject alternative names), and clients heed no other names");
    }
  }

  private TlsException refused(X509Certificate certificate, String what) {
    return refused("cannot be served: " + shown(certificate) + " " + what);
  }

  private static TlsException refused(String what) {
    return new TlsException(Reason.CHAIN_REFUSED, "the chain " + what);
  }

  /** Position and subject; a subject is anybody's text. */
  private String shown(X509Certificate certificate) {
    return "certificate " + (uploaded.indexOf(certificate) + 1) + " (" + subject(certificate) + ")";
  }

  static String subject(X509Certificate certificate) {
    String name = certificate.getSubjectX500Principal().getName().replaceAll("\\p{Cntrl}", "?");
    if (name.isEmpty()) {
      return "without a subject";
    }
    return name.length() <= 100 ? name : name.substring(0, 100) + "…";
  }
}
