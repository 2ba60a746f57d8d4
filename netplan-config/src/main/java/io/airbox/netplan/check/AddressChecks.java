package io.airbox.netplan.check;

import io.airbox.netplan.settings.Address;
import io.airbox.netplan.settings.IpAddress;
import io.airbox.netplan.settings.Subnet;
import java.util.ArrayList;
import java.util.List;

/** Fixed addresses, alone and against each other. */
final class AddressChecks {
  private record Placed(Link link, int index, Address address) {
    String path() {
      return link.path("addresses[" + index + "]");
    }
  }

  private AddressChecks() {}

  static void check(List<Link> links, List<Finding> findings) {
    List<Placed> all = new ArrayList<>();
    for (Link link : links) {
      List<Address> addresses = link.settings().addresses();
      for (int i = 0; i < addresses.size(); i++) {
        Placed one = new Placed(link, i, addresses.get(i));
        alone(one, findings);
        all.forEach(other -> pair(other, one, findings));
        all.add(one);
      }
    }
  }

  private static void alone(Placed placed, List<Finding> findings) {
    Subnet subnet = placed.address().subnet();
    IpAddress ip = subnet.ip();
    // nets of one or two addresses have neither a network nor a broadcast address
    boolean net = subnet.prefix() <= ip.bits() - 2;
    if (!ip.isUnicast()) {
      findings.add(
          Finding.error(
              "no-host-address",
              placed.path(),
              ip + " is no address that a host may have",
              "use one of your network's, as 192.168.1.10/24"));
    } else if (net && ip.equals(subnet.network())) {
      findings.add(
          Finding.error(
              "network-address",
              placed.path(),
              ip + " names the network " + subnet + " itself, not a host in it",
              "use a higher address"));
    } else if (net && !ip.isV6() && ip.equals(subnet.last())) {
      findings.add(
          Finding.error(
              "broadcast-address",
              placed.path(),
              ip + " is the broadcast address of " + subnet.network() + "/" + subnet.prefix(),
              "use a lower address"));
    }
  }

  private static void pair(Placed first, Placed second, List<Finding> findings) {
    Subnet a = first.address().subnet();
    Subnet b = second.address().subnet();
    boolean sameLink = first.link().path().equals(second.link().path());
    if (a.ip().equals(b.ip())) {
      findings.add(
          Finding.error(
              "address-twice",
              second.path(),
              a.ip() + " is given twice, see " + first.path(),
              "delete one of them"));
    } else if (!sameLink && a.overlaps(b) && !(a.ip().isV6() && a.ip().isLinkLocal())) {
      String message =
          first.link().id()
              + " ("
              + a
              + ") and "
              + second.link().id()
              + " ("
              + b
              + ") are in one network: answers would leave by the wrong one";
      String advice = "use another network for one of them";
      findings.add(
          first.link().absent() || second.link().absent()
              ? Finding.warning("subnets-collide", second.path(), message, advice)
              : Finding.error("subnets-collide", second.path(), message, advice));
    }
  }
}
