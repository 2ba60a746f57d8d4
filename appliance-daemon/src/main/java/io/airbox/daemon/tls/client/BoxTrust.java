package io.airbox.daemon.tls.client;

import io.airbox.daemon.tls.Fingerprint;
import io.airbox.daemon.tls.client.BoxIdentityException.Reason;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Whether the box at one address is the right one. In this order:
 *
 * <ol>
 *   <li>a fingerprint that the caller names decides alone;
 *   <li>a chain that the system trusts, for this host name, is trusted;
 *   <li>the key by which the box is known is trusted, whatever the certificate's names and dates;
 *   <li>all else is refused with a {@link BoxIdentityException}.
 * </ol>
 *
 * <p>The system is only asked when the client asks for the host's name to be checked ({@code
 * endpointIdentificationAlgorithm} {@code HTTPS}, as Vert.x and the JDK's client do by default),
 * for without that anybody's certificate would do.
 */
public final class BoxTrust extends X509ExtendedTrustManager {
  private static final String HTTPS = "HTTPS";

  private final BoxAddress box;
  private final KnownBoxes known;
  private final @Nullable Fingerprint expected;
  private final X509ExtendedTrustManager system;

  BoxTrust(
      BoxAddress box,
      KnownBoxes known,
      @Nullable Fingerprint expected,
      X509ExtendedTrustManager system) {
    this.box = box;
    this.known = known;
    this.expected = expected;
    this.system = system;
  }

  /**
   * Trust in one box, beside what this machine's Java trusts.
   *
   * @param expected the SHA-256 of its public key or of its certificate; null when none is named
   */
  public static BoxTrust in(BoxAddress box, KnownBoxes known, @Nullable Fingerprint expected) {
    return new BoxTrust(box, known, expected, system(null));
  }

  /** Trust in the authorities of a store; null is this machine's. */
  static X509ExtendedTrustManager system(@Nullable KeyStore authorities) {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(authorities);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509ExtendedTrustManager extended) {
          return extended;
        }
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no certificate authorities it can read", e);
    }
    throw new IllegalStateException("this Java has no trust manager for X.509");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    decide(
        chain,
        checksHost(engine.getSSLParameters())
            ? () -> system.checkServerTrusted(chain, authType, engine)
            : null);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    decide(
        chain,
        socket instanceof SSLSocket tls && checksHost(tls.getSSLParameters())
            ? () -> system.checkServerTrusted(chain, authType, socket)
            : null);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    decide(chain, null);
  }

  private static boolean checksHost(@Nullable SSLParameters parameters) {
    return parameters != null
        && HTTPS.equalsIgnoreCase(parameters.getEndpointIdentificationAlgorithm());
  }

  @FunctionalInterface
  private interface Check {
    void check() throws CertificateException;
  }

  private void decide(X509Certificate[] chain, @Nullable Check bySystem)
      throws BoxIdentityException {
    if (chain.length == 0) {
      throw new BoxIdentityException(
          Reason.UNDECIDED, box, null, box + " showed no certificate", null);
    }
    Fingerprint key = Fingerprint.ofPublicKey(chain[0]);
    if (expected != null) {
      if (!expected.equals(key) && !expected.equals(Fingerprint.ofCertificate(chain[0]))) {
        throw unexpected(key, expected);
      }
      return;
    }
    CertificateException doubt = null;
    if (bySystem != null) {
      try {
        bySystem.check();
        return;
      } catch (CertificateException e) {
        doubt = e;
      }
    }
    Optional<Fingerprint> remembered = remembered(key);
    if (remembered.isEmpty()) {
      throw unknown(key, doubt);
    }
    if (!remembered.get().equals(key)) {
      throw changed(key, remembered.get(), doubt);
    }
  }

  private Optional<Fingerprint> remembered(Fingerprint key) throws BoxIdentityException {
    try {
      return known.find(box);
    } catch (IOException e) {
      throw new BoxIdentityException(
          Reason.UNDECIDED,
          box,
          key,
          "what is known of " + box + " cannot be read: " + e.getMessage(),
          e);
    }
  }

  private BoxIdentityException unknown(Fingerprint key, @Nullable Throwable doubt) {
    return new BoxIdentityException(
        Reason.UNKNOWN,
        box,
        key,
        box
            + " is not known yet. The SHA-256 of its public key is "
            + key
            + "; compare it with the one on the box's console or page",
        doubt);
  }

  private BoxIdentityException changed(
      Fingerprint key, Fingerprint remembered, @Nullable Throwable doubt) {
    return new BoxIdentityException(
        Reason.CHANGED,
        box,
        key,
        box
            + " shows another public key than before: "
            + key
            + " instead of "
            + remembered
            + ". Somebody may be in between. If the box was set up anew, compare the new one with the"
            + " box's console, then delete its line in "
            + known.file(),
        doubt);
  }

  private BoxIdentityException unexpected(Fingerprint key, Fingerprint named) {
    return new BoxIdentityException(
        Reason.UNEXPECTED,
        box,
        key,
        box + " does not have the fingerprint " + named + ": that of its public key is " + key,
        null);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw new CertificateException("this side is a client");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("this side is a client");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("this side is a client");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
