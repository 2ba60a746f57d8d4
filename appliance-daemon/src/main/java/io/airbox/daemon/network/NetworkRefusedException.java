package io.airbox.daemon.network;

import io.airbox.netplan.check.Finding;
import java.util.List;

/** Settings that cannot be used; nothing was touched. */
public final class NetworkRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Finding> findings;

  /**
   * Refuses.
   *
   * @param findings why, at least one error
   */
  public NetworkRefusedException(List<Finding> findings) {
    super(
        findings.stream()
            .filter(Finding::isError)
            .findFirst()
            .map(Finding::toString)
            .orElse("the settings cannot be used"));
    this.findings = List.copyOf(findings);
  }

  /** Why, in order. */
  public List<Finding> findings() {
    return findings;
  }
}
