package io.airbox.daemon.tls;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.interfaces.ECKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.util.Arrays;
import java.util.Optional;

/** The elliptic curves of TLS certificates. The JDK reads keys on others, but cannot use them. */
enum Curve {
  P_256("secp256r1"),
  P_384("secp384r1"),
  P_521("secp521r1");

  private final String jdkName;

  /** Of the base point; no two curves in use share it. */
  private final BigInteger order;

  Curve(String jdkName) {
    this.jdkName = jdkName;
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
      parameters.init(spec());
      this.order = parameters.getParameterSpec(ECParameterSpec.class).getOrder();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + jdkName, e);
    }
  }

  /** What a key generator makes a key by. */
  ECGenParameterSpec spec() {
    return new ECGenParameterSpec(jdkName);
  }

  /** The curve of a key; empty for any other. */
  static Optional<Curve> of(ECKey key) {
    BigInteger order = key.getParams().getOrder();
    return Arrays.stream(values()).filter(curve -> curve.order.equals(order)).findFirst();
  }
}
