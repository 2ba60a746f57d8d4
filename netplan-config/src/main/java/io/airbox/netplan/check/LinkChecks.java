package io.airbox.netplan.check;

import io.airbox.netplan.settings.Address;
import io.airbox.netplan.settings.Dhcp;
import io.airbox.netplan.settings.InterfaceSettings;
import io.airbox.netplan.settings.IpAddress;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Settings of one interface that do not fit each other. */
final class LinkChecks {
  private static final int USUAL_MTU = 1500;
  private static final int LEAST_MTU_V4 = 576;
  private static final int LEAST_MTU_V6 = 1280;

  private LinkChecks() {}

  static void check(Link link, List<Finding> findings) {
    dhcp(link, findings);
    mtu(link, findings);
    mac(link, findings);
    nameServers(link, findings);
    if (link.settings().isAddressed()
        && !link.settings().optional()
        && (link.path().startsWith("ethernets.") || link.path().startsWith("bonds."))) {
      findings.add(
          Finding.warning(
              "boot-waits",
              link.path("optional"),
              "start-up waits up to two minutes for " + link.id() + " when its cable is out",
              "set optional: true"));
    }
  }

  private static void dhcp(Link link, List<Finding> findings) {
    Dhcp dhcp = link.settings().dhcp();
    if (dhcp.v4() && dhcp.v6() && !Objects.equals(dhcp.v4Metric(), dhcp.v6Metric())) {
      findings.add(
          Finding.error(
              "dhcp-metrics-differ",
              link.path("dhcp6-overrides.route-metric"),
              "netplan refuses different route metrics for DHCPv4 and DHCPv6 on "
                  + link.id()
                  + ": "
                  + metric(dhcp.v4Metric())
                  + " and "
                  + metric(dhcp.v6Metric()),
              "set both to the same number, or neither"));
    }
    List<Address> addresses = link.settings().addresses();
    for (int i = 0; i < addresses.size(); i++) {
      Address address = addresses.get(i);
      if (address.ip().isV6() ? dhcp.v6() : dhcp.v4()) {
        findings.add(
            Finding.warning(
                "dhcp-and-static",
                link.path("addresses[" + i + "]"),
                link.id() + " has the fixed address " + address + " and asks a DHCP server too",
                "keep both only if you want two addresses"));
      }
    }
  }

  private static String metric(@Nullable Long value) {
    return value == null ? "not set" : value.toString();
  }

  private static void mtu(Link link, List<Finding> findings) {
    InterfaceSettings settings = link.settings();
    Integer mtu = settings.mtu();
    if (mtu == null) {
      return;
    }
    boolean v6 = settings.dhcp().v6() || settings.addresses().stream().anyMatch(a -> a.ip().isV6());
    if (v6 && mtu < LEAST_MTU_V6) {
      findings.add(
          Finding.error(
              "mtu-too-small",
              link.path("mtu"),
              "with mtu " + mtu + " the kernel turns IPv6 off on " + link.id(),
              "use " + LEAST_MTU_V6 + " or more"));
    } else if (mtu < LEAST_MTU_V4) {
      findings.add(
          Finding.warning(
              "mtu-too-small",
              link.path("mtu"),
              "mtu " + mtu + " is below what every host must take, " + LEAST_MTU_V4,
              "use 1500 unless you know why"));
    } else if (mtu > USUAL_MTU) {
      findings.add(
          Finding.warning(
              "mtu-large",
              link.path("mtu"),
              "mtu " + mtu + " works only if the switch and every peer have it too",
              "use 1500 unless all of them are set up for it"));
    }
  }

  private static void mac(Link link, List<Finding> findings) {
    String mac = link.settings().macAddress();
    if (mac != null
        && (mac.equals("00:00:00:00:00:00") || "13579bdf".indexOf(mac.charAt(1)) >= 0)) {
      findings.add(
          Finding.error(
              "bad-mac-address",
              link.path("macaddress"),
              mac + " is no address that an interface may have",
              "use one whose first byte is even, as 02:11:22:33:44:55"));
    }
  }

  private static void nameServers(Link link, List<Finding> findings) {
    List<IpAddress> servers = link.settings().nameServers().addresses();
    for (int i = 0; i < servers.size(); i++) {
      IpAddress server = servers.get(i);
      boolean loopback = server.toString().startsWith("127.") || server.toString().equals("::1");
      if (!server.isUnicast() && !loopback) {
        findings.add(
            Finding.error(
                "bad-name-server",
                link.path("nameservers.addresses[" + i + "]"),
                server + " is no host's address",
                "use the name server's own address"));
      }
    }
  }
}
