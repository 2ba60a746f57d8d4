package io.airbox.daemon.tls;

import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * What anybody may know of the certificate that is served.
 *
 * @param source who made it
 * @param names the DNS names and addresses it is for, as in its subject alternative names
 * @param notBefore the first moment it is valid
 * @param notAfter the last
 * @param sha256 of the certificate
 * @param publicKeySha256 of its public key; what clients remember
 * @param pem the chain as it is served, leaf first
 * @param warnings what the owner should see to; empty when all is well
 */
public record CertificateDescription(
    Source source,
    List<String> names,
    Instant notBefore,
    Instant notAfter,
    Fingerprint sha256,
    Fingerprint publicKeySha256,
    String pem,
    List<String> warnings) {

  /** Who made a certificate. */
  public enum Source {
    /** The box: self-signed, made again by itself. */
    OWN,
    /** The owner: served as it is until the owner changes it. */
    UPLOADED;

    /** Lower case, as the API says it. */
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Keeps the lists unchangeable. */
  public CertificateDescription {
    names = List.copyOf(names);
    warnings = List.copyOf(warnings);
  }
}
