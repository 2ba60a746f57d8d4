package io.airbox.power.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.Optional;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Certificates that those of others must go back to, read anew each time. */
public final class Authorities {
  private Authorities() {}

  /**
   * Trusts what goes back to a file's certificates.
   *
   * @param file in PEM; empty for those that the JDK trusts
   * @throws IOException it cannot be read or holds none; the message names it
   */
  public static TrustManager[] trust(Optional<Path> file)
      throws IOException, GeneralSecurityException {
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store(file));
    return trust.getTrustManagers();
  }

  private static @Nullable KeyStore store(Optional<Path> file)
      throws IOException, GeneralSecurityException {
    if (file.isEmpty()) {
      return null; // the JDK's own
    }
    KeyStore store = empty();
    int count = 0;
    for (Certificate each : certificates(file.get())) {
      store.setCertificateEntry("authority-" + count++, each);
    }
    return store;
  }

  /** A key store in memory with nothing in it. */
  public static KeyStore empty() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  /**
   * The certificates of a file in PEM, in its order.
   *
   * @throws IOException it cannot be read or holds none; the message names it
   */
  public static Collection<? extends Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    byte[] content = Files.readAllBytes(file);
    Collection<? extends Certificate> found;
    try {
      found =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(content));
    } catch (CertificateException e) {
      throw new IOException(file + " holds no certificates in PEM: " + e.getMessage(), e);
    }
    if (found.isEmpty()) {
      throw new IOException(file + " holds no certificate in PEM");
    }
    return found;
  }
}
