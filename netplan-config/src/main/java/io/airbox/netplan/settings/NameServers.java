package io.airbox.netplan.settings;

import io.airbox.netplan.NetplanException;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Who is asked for names.
 *
 * @param addresses in order
 * @param search domains tried behind a short name, in order
 */
public record NameServers(List<IpAddress> addresses, List<String> search) {
  /** None. */
  public static final NameServers NONE = new NameServers(List.of(), List.of());

  // host-name letters only: netplan before 1.1 writes this text unescaped into networkd's files
  private static final Pattern DOMAIN =
      Pattern.compile(
          "~?(\\.|[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
              + "(\\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*\\.?)");

  /**
   * @throws NetplanException {@code INVALID_VALUE} when a search domain is not made of host names
   */
  public NameServers {
    addresses = List.copyOf(addresses);
    search = List.copyOf(search);
    for (String domain : search) {
      if (!isDomain(domain)) {
        throw NetplanException.invalid(
            "search",
            "search domain "
                + NetplanException.quoted(domain)
                + " is no domain name; use letters, digits, hyphens and dots");
      }
    }
  }

  /** Whether {@code text} is a domain name that is safe in every generated file. */
  public static boolean isDomain(String text) {
    return text.length() <= 253 && DOMAIN.matcher(text).matches();
  }

  public boolean isEmpty() {
    return addresses.isEmpty() && search.isEmpty();
  }
}
