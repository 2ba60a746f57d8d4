package io.airbox.netplan.settings;

import io.airbox.netplan.NetplanException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A fixed address of an interface.
 *
 * @param subnet address and prefix length
 * @param label a name for it, at most 15 letters; null for none. Needs netplan 0.100
 * @param lifetime {@code forever}, {@code 0}, or null for netplan's default. Needs netplan 0.100
 */
public record Address(Subnet subnet, @Nullable String label, @Nullable String lifetime) {
  private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9_.:-]{1,15}");

  /**
   * @throws NetplanException {@code INVALID_VALUE}
   */
  public Address {
    if (subnet.prefix() == 0) {
      throw NetplanException.invalid(
          "prefix", "prefix length 0 of " + subnet.ip() + " makes every address a neighbour");
    }
    if (label != null && !LABEL.matcher(label).matches()) {
      throw NetplanException.invalid(
          "label", "label " + NetplanException.quoted(label) + " is not 1 to 15 letters or digits");
    }
    if (lifetime != null && !lifetime.equals("forever") && !lifetime.equals("0")) {
      throw NetplanException.invalid(
          "lifetime", "lifetime " + NetplanException.quoted(lifetime) + " is not forever or 0");
    }
  }

  /**
   * Reads {@code IP/prefix}.
   *
   * @throws NetplanException {@code INVALID_VALUE}, also when the prefix length is missing
   */
  public static Address parse(String text) {
    if (text.indexOf('/') < 0) {
      throw NetplanException.invalid(
          "address",
          NetplanException.quoted(text) + " lacks its prefix length; write 192.168.1.10/24");
    }
    return new Address(Subnet.parse(text), null, null);
  }

  public IpAddress ip() {
    return subnet.ip();
  }

  @Override
  public String toString() {
    return subnet.toString();
  }
}
