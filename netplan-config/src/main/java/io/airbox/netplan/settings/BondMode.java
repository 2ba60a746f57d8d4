package io.airbox.netplan.settings;

import io.airbox.netplan.NetplanException;
import java.util.Arrays;

/** How a bond uses its ports. */
public enum BondMode {
  /** The kernel's and netplan's default. */
  BALANCE_RR("balance-rr"),
  ACTIVE_BACKUP("active-backup"),
  BALANCE_XOR("balance-xor"),
  BROADCAST("broadcast"),
  /** LACP; needs a switch that is set up for it. */
  IEEE_802_3AD("802.3ad"),
  BALANCE_TLB("balance-tlb"),
  BALANCE_ALB("balance-alb");

  private final String word;

  BondMode(String word) {
    this.word = word;
  }

  /** As netplan and the kernel write it. */
  public String word() {
    return word;
  }

  /**
   * @throws NetplanException {@code INVALID_VALUE} for an unknown mode
   */
  public static BondMode of(String word) {
    return Arrays.stream(values())
        .filter(mode -> mode.word.equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                NetplanException.invalid(
                    "mode",
                    "bond mode "
                        + NetplanException.quoted(word)
                        + " is none of "
                        + String.join(", ", Arrays.stream(values()).map(BondMode::word).toList())));
  }
}
