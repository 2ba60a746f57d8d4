package io.airbox.netplan.apply;

/**
 * A change that will be applied in a moment.
 *
 * @param transaction the change
 * @param token what a confirmation has to show; only here, never again and nowhere else
 */
public record Announced(Transaction transaction, String token) {
  /** Without the token, so that no log gets it. */
  @Override
  public String toString() {
    return "Announced[" + transaction.id() + "]";
  }
}
