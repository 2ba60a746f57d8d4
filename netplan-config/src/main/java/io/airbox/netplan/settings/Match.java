package io.airbox.netplan.settings;

import io.airbox.netplan.NetplanException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which physical ports a definition is for, when not the one of its name.
 *
 * @param name a shell pattern over names; null for any
 * @param macAddress null for any
 * @param drivers shell patterns over driver names; empty for any
 */
public record Match(@Nullable String name, @Nullable String macAddress, List<String> drivers) {
  private static final Pattern GLOB = Pattern.compile("[A-Za-z0-9_.:*?\\[\\]!-]{1,64}");

  /**
   * @throws NetplanException {@code INVALID_VALUE}
   */
  public Match {
    drivers = List.copyOf(drivers);
    if (name != null) {
      glob("name", name);
    }
    drivers.forEach(driver -> glob("driver", driver));
    if (macAddress != null) {
      InterfaceSettings.requireMac(macAddress);
    }
  }

  private static void glob(String field, String text) {
    if (!GLOB.matcher(text).matches()) {
      throw NetplanException.invalid(
          "match." + field,
          "match " + field + " " + NetplanException.quoted(text) + " has other letters than names");
    }
  }
}
