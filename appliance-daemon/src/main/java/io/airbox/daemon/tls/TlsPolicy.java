package io.airbox.daemon.tls;

import java.util.List;

/**
 * How the box speaks TLS: versions 1.3 and 1.2, forward secrecy and authenticated encryption only;
 * browsers and clients of the last ten years can do that.
 */
public final class TlsPolicy {
  /** In the JDK's names, the preferred first. */
  public static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

  /**
   * In the JDK's (IANA's) names, the preferred first. AES before ChaCha20: the processors of the
   * box and of PCs have instructions for it.
   */
  public static final List<String> CIPHER_SUITES =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  private static final String REJECT = "jdk.tls.rejectClientInitiatedRenegotiation";

  private TlsPolicy() {}

  /**
   * Has this process's TLS 1.2 servers refuse a client that asks to negotiate again, which costs
   * the server much and the client little. To be called before the first TLS class is used: the JDK
   * reads this setting once.
   */
  public static void refuseRenegotiation() {
    System.setProperty(REJECT, "true");
  }
}
