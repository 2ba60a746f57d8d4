package io.airbox.netplan.settings;

import io.airbox.netplan.NetplanException;
import org.jspecify.annotations.Nullable;

/**
 * A physical port.
 *
 * @param id its key in the file; the interface's name unless {@code match} says otherwise
 * @param settings addresses and the like
 * @param match which ports it is for; null for the one named {@code id}
 * @param setName the name that a matched port is given; null to leave its name
 * @param wakeOnLan whether a magic packet wakes the box
 */
public record Ethernet(
    String id,
    InterfaceSettings settings,
    @Nullable Match match,
    @Nullable String setName,
    boolean wakeOnLan) {
  /**
   * @throws NetplanException {@code INVALID_VALUE}
   */
  public Ethernet {
    // with a match the id is a label for people, yet netplan makes file names of it
    InterfaceName.require(id);
    if (setName != null) {
      InterfaceName.require(setName);
      if (match == null) {
        throw NetplanException.invalid("set-name", id + ": set-name needs a match");
      }
    }
  }

  /** A port by its name. */
  public static Ethernet of(String id, InterfaceSettings settings) {
    return new Ethernet(id, settings, null, null, false);
  }

  public Ethernet with(InterfaceSettings value) {
    return new Ethernet(id, value, match, setName, wakeOnLan);
  }
}
