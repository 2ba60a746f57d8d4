package io.airbox.daemon.tls;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The names in a certificate, in one spelling: DNS names in lower case, IPv4 addresses dotted, IPv6
 * addresses as RFC 5952 writes them.
 */
public final class CertificateNames {
  /** As many as a certificate of the box names; more is a router or a mistake. */
  static final int MOST = 64;

  private static final Pattern DNS_NAME =
      Pattern.compile(
          "(?!.{254})([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)*"
              + "(?![0-9]+$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
  private static final Pattern IPV4 =
      Pattern.compile("((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.(?!$)|$)){4}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-f.]*:[0-9a-f:.]+");

  /**
   * Interfaces of containers and virtual machines: nobody outside reaches the box through them, and
   * they come and go.
   */
  private static final Pattern INTERNAL_NETWORK =
      Pattern.compile(
          "(docker|veth|virbr|vnet|cni|flannel|cali|podman|lxcbr|lxdbr).*|br-[0-9a-f]{12}");

  /** Types of RFC 5280's GeneralName. */
  private static final int DNS = 2;

  private static final int IP = 7;

  private CertificateNames() {}

  /**
   * The names for a certificate of the box: host name, {@code host.local}, {@code localhost},
   * loopback, what the owner configured, and the addresses at which others reach the box. At most
   * {@value #MOST}; what the owner configured goes before addresses.
   *
   * @param configured each as {@link #checked} gave it
   */
  static List<String> of(InetNames.Snapshot machine, List<String> configured) {
    Set<String> names = new LinkedHashSet<>();
    String host = host(machine.hostName());
    if (!host.equals("localhost")) {
      String label = host.contains(".") ? host.substring(0, host.indexOf('.')) : host;
      names.addAll(List.of(host, label, label + ".local"));
    }
    names.addAll(List.of("localhost", "127.0.0.1", "::1"));
    names.addAll(configured);
    machine.addresses().stream()
        .filter(local -> !INTERNAL_NETWORK.matcher(local.network()).matches())
        .map(InetNames.LocalAddress::address)
        .filter(CertificateNames::reachedFromElsewhere)
        .sorted(
            Comparator.<InetAddress>comparingInt(address -> address.getAddress().length)
                .thenComparing(InetAddress::getAddress, Arrays::compareUnsigned))
        .map(CertificateNames::text)
        .forEach(names::add);
    return names.stream().limit(MOST).toList();
  }

  /** The host name as a DNS name; {@code localhost} when it is not one. */
  static String host(String hostName) {
    String host = hostName.toLowerCase(Locale.ROOT);
    return DNS_NAME.matcher(host).matches() ? host : "localhost";
  }

  private static boolean reachedFromElsewhere(InetAddress address) {
    return !address.isLoopbackAddress()
        && !address.isLinkLocalAddress()
        && !address.isAnyLocalAddress()
        && !address.isMulticastAddress();
  }

  /**
   * A configured name in the spelling of this class.
   *
   * @throws IllegalArgumentException it is neither a DNS name nor an address
   */
  public static String checked(String name) {
    String plain = name.strip().toLowerCase(Locale.ROOT);
    Optional<InetAddress> address = address(plain);
    if (address.isPresent()) {
      return text(address.get());
    }
    if (DNS_NAME.matcher(plain).matches()) {
      return plain;
    }
    throw new IllegalArgumentException(
        "is neither a DNS name such as box.example.org nor an IP address without zone");
  }

  /** A name in the spelling of this class; empty for what is neither a DNS name nor an address. */
  static Optional<String> known(String name) {
    try {
      return Optional.of(checked(name));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** An address written as digits; empty for anything else. Asks no name service. */
  static Optional<InetAddress> address(String text) {
    if (!IPV4.matcher(text).matches() && !IPV6.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(text));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  /** The subject alternative names of a certificate; of other types than DNS and IP none. */
  static List<String> in(X509Certificate certificate) {
    List<String> names = new ArrayList<>();
    try {
      Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
      for (List<?> alternative : alternatives == null ? List.<List<?>>of() : alternatives) {
        if (alternative.get(0).equals(DNS)) {
          names.add(alternative.get(1).toString().toLowerCase(Locale.ROOT));
        } else if (alternative.get(0).equals(IP)) {
          String literal = alternative.get(1).toString();
          names.add(address(literal).map(CertificateNames::text).orElse(literal));
        }
      }
    } catch (CertificateParsingException e) {
      return List.of();
    }
    return names;
  }

  /** RFC 5952: the longest run of two or more zero groups is {@code ::}, the first of equals. */
  private static String text(InetAddress address) {
    if (!(address instanceof Inet6Address)) {
      return address.getHostAddress();
    }
    byte[] bytes = address.getAddress();
    int[] groups = new int[8];
    for (int i = 0; i < groups.length; i++) {
      groups[i] = (bytes[2 * i] & 0xff) << 8 | (bytes[2 * i + 1] & 0xff);
    }
    int start = -1;
    int length = 1;
    for (int i = 0; i < groups.length; i++) {
      int end = i;
      while (end < groups.length && groups[end] == 0) {
        end++;
      }
      if (end - i > length) {
        start = i;
        length = end - i;
      }
    }
    if (start < 0) {
      return joined(groups, 0, groups.length);
    }
    return joined(groups, 0, start) + "::" + joined(groups, start + length, groups.length);
  }

  private static String joined(int[] groups, int from, int to) {
    return String.join(
        ":", Arrays.stream(groups, from, to).mapToObj(Integer::toHexString).toList());
  }
}
