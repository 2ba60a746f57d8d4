package io.airbox.netplan.plan;

import io.airbox.netplan.settings.Address;
import io.airbox.netplan.settings.Bond;
import io.airbox.netplan.settings.Ethernet;
import io.airbox.netplan.settings.InterfaceSettings;
import io.airbox.netplan.settings.IpAddress;
import io.airbox.netplan.settings.LinkLocal;
import io.airbox.netplan.settings.NetworkSettings;
import io.airbox.netplan.settings.OtherInterface;
import io.airbox.netplan.settings.Route;
import io.airbox.netplan.settings.Subnet;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What people notice of a change, and where they find the box afterwards. */
final class Aftermath {
  private static final String DHCP4 = "dhcp4";
  private static final String DHCP6 = "dhcp6";
  private static final String LINK_LOCAL = "link-local";
  private static final Subnet MAINTENANCE = Subnet.parse("192.168.150.1/24");

  private final NetworkSettings before;
  private final NetworkSettings after;
  private final List<String> links;
  private final Surroundings around;
  private final @Nullable String asked;
  private final Map<String, List<String>> addresses;
  private final List<URI> urls;

  Aftermath(
      NetworkSettings before, NetworkSettings after, List<String> links, Surroundings around) {
    this.before = before;
    this.after = after;
    this.links = links;
    this.around = around;
    this.asked = around.reachedThrough().map(this::id).orElse(null);
    this.addresses = addressesOf(after);
    this.urls = findUrls();
  }

  /** The id of the interface that has this name now. */
  private String id(String name) {
    return before.ethernets().values().stream()
        .filter(port -> name.equals(port.setName()))
        .map(Ethernet::id)
        .findFirst()
        .orElse(name);
  }

  /** The name that an interface has now. */
  private String name(String id) {
    return Optional.ofNullable(before.ethernets().get(id)).map(Ethernet::setName).orElse(id);
  }

  /** By interface, see {@link NetworkPlan#addresses}. */
  Map<String, List<String>> addresses() {
    return addresses;
  }

  /** Best first. */
  List<URI> urls() {
    return urls;
  }

  private static Map<String, List<String>> addressesOf(NetworkSettings settings) {
    Map<String, List<String>> all = new LinkedHashMap<>();
    Set<String> members = members(settings);
    settings
        .interfaces()
        .forEach(
            (id, each) -> {
              List<String> list = new ArrayList<>();
              if (!members.contains(id)) {
                each.addresses().forEach(address -> list.add(address.toString()));
                if (each.dhcp().v4()) {
                  list.add(DHCP4);
                }
                if (each.dhcp().v6()) {
                  list.add(DHCP6);
                }
                LinkLocal linkLocal = each.linkLocal();
                if (linkLocal != null && linkLocal.v4()) {
                  list.add(LINK_LOCAL);
                }
              }
              if (!list.isEmpty()) {
                all.put(id, List.copyOf(list));
              }
            });
    for (OtherInterface other : settings.others()) {
      List<String> list = new ArrayList<>();
      if (!members.contains(other.id())) {
        other.addresses().forEach(address -> list.add(address.toString()));
        if (other.dhcp()) {
          list.add(DHCP4);
        }
      }
      if (!list.isEmpty()) {
        all.put(other.id(), List.copyOf(list));
      }
    }
    return all;
  }

  /** Ports of bonds and bridges, which have no address of their own. */
  private static Set<String> members(NetworkSettings settings) {
    Set<String> members = new LinkedHashSet<>();
    settings.bonds().values().forEach(bond -> members.addAll(bond.members()));
    for (OtherInterface other : settings.others()) {
      if (other.type().equals("bridges")) {
        members.addAll(other.uses());
      }
    }
    return members;
  }

  private List<URI> findUrls() {
    Set<URI> found = new LinkedHashSet<>();
    if (asked != null && around.reachedAt() != null && keepsItsAddress(asked)) {
      url(around.reachedAt().text()).ifPresent(found::add);
    }
    String heir = asked == null ? null : heir(asked);
    List<String> ids = new ArrayList<>(addresses.keySet());
    if (heir != null && ids.remove(heir)) {
      ids.add(0, heir);
    }
    boolean byName = false;
    for (String id : ids) {
      for (String address : addresses.getOrDefault(id, List.of())) {
        if (address.indexOf('/') < 0) {
          byName = true;
        } else {
          IpAddress ip = Address.parse(address).ip();
          if (!ip.isLinkLocal()) {
            url(ip.text()).ifPresent(found::add);
          }
        }
      }
      if (byName && id.equals(heir)) {
        name(found);
      }
    }
    for (String id : ids) {
      if (keepsItsAddress(id)) {
        around.addresses().getOrDefault(name(id), List.of()).stream()
            .map(Address::ip)
            .filter(ip -> !ip.isLinkLocal())
            .forEach(ip -> url(ip.text()).ifPresent(found::add));
      }
    }
    if (byName) {
      name(found);
    }
    return List.copyOf(found);
  }

  private void name(Set<URI> found) {
    if (!around.hostName().isEmpty()) {
      url(around.hostName() + ".local").ifPresent(found::add);
    }
  }

  private Optional<URI> url(String host) {
    boolean usual = around.urlPort() == (around.urlScheme().equals("https") ? 443 : 80);
    String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    try {
      return Optional.of(
          URI.create(
              around.urlScheme() + "://" + name + (usual ? "" : ":" + around.urlPort()) + "/"));
    } catch (IllegalArgumentException e) {
      // a host name that is none
      return Optional.empty();
    }
  }

  /** Whether nothing about an interface changes that its addresses depend on. */
  private boolean keepsItsAddress(String id) {
    Optional<InterfaceSettings> was = before.interfaceSettings(id);
    Optional<InterfaceSettings> now = after.interfaceSettings(id);
    if (was.isEmpty() || now.isEmpty()) {
      return other(before, id).isPresent()
          && other(before, id).equals(other(after, id))
          && !links.contains(id);
    }
    return was.get().dhcp().v4() == now.get().dhcp().v4()
        && was.get().dhcp().v6() == now.get().dhcp().v6()
        && Objects.equals(was.get().dhcp().identifier(), now.get().dhcp().identifier())
        && Objects.equals(was.get().macAddress(), now.get().macAddress())
        && was.get().addresses().equals(now.get().addresses())
        && members(before).contains(id) == members(after).contains(id);
  }

  private static Optional<OtherInterface> other(NetworkSettings settings, String id) {
    return settings.others().stream().filter(other -> other.id().equals(id)).findFirst();
  }

  /** The interface that has the port's cable afterwards: itself, or its bond. */
  private String heir(String id) {
    return after
        .bondOf(id)
        .map(Bond::id)
        .orElseGet(
            () ->
                Optional.ofNullable(before.bonds().get(id))
                    .filter(bond -> !after.bonds().containsKey(id))
                    .flatMap(
                        bond -> bond.members().stream().filter(addresses::containsKey).findFirst())
                    .orElse(id));
  }

  /** The asker's own way in first. */
  List<Consequence> consequences() {
    List<Consequence> all = new ArrayList<>();
    if (asked != null) {
      askersWay(asked).ifPresent(all::add);
    }
    Set<String> ids = new LinkedHashSet<>(before.interfaces().keySet());
    ids.addAll(after.interfaces().keySet());
    ids.forEach(id -> changes(id, all));
    for (OtherInterface other : before.others()) {
      if (other(after, other.id()).isEmpty()) {
        all.add(
            new Consequence(
                "interface-removed",
                other.id(),
                other.id() + " (" + other.type() + ") is removed."));
      }
    }
    for (String link : links) {
      boolean stays = after.interfaceSettings(link).isPresent() || other(after, link).isPresent();
      all.add(
          new Consequence(
              stays ? "link-made-anew" : "link-removed",
              link,
              stays
                  ? link + " is deleted and made anew; it is away for some seconds."
                  : link + " is deleted."));
    }
    if (hasMaintenanceAddress(before) && !hasMaintenanceAddress(after)) {
      all.add(
          new Consequence(
              "maintenance-address-goes",
              null,
              "No port has "
                  + MAINTENANCE.ip()
                  + " any more, the address for a laptop on a cable. If the box cannot be found"
                  + " later, its serial console is the way in."));
    }
    return all;
  }

  private static boolean hasMaintenanceAddress(NetworkSettings settings) {
    return settings.interfaces().values().stream()
        .anyMatch(each -> each.addresses().stream().anyMatch(a -> a.ip().equals(MAINTENANCE.ip())));
  }

  private Optional<Consequence> askersWay(String id) {
    IpAddress at = around.reachedAt();
    String way = "You reach this page by " + id + (at == null ? "" : " at " + at);
    if (keepsItsAddress(id) && links.contains(id)) {
      return Optional.of(
          new Consequence(
              "asker-interrupted", id, way + "; it is away for some seconds, then back."));
    }
    if (keepsItsAddress(id)) {
      return Optional.empty();
    }
    String heir = heir(id);
    List<String> then = addresses.getOrDefault(heir, List.of());
    boolean stays = at != null && then.stream().anyMatch(each -> each.startsWith(at.text() + "/"));
    if (stays && heir.equals(id)) {
      return Optional.of(
          new Consequence("asker-address-stays", id, way + "; it keeps that address."));
    }
    String next = urls.isEmpty() ? "" : " Open " + urls.get(0) + " next.";
    if (then.isEmpty()) {
      return Optional.of(
          new Consequence(
              "asker-cut-off",
              id,
              way
                  + "; afterwards it has no address there, so this page is lost on that cable."
                  + next));
    }
    String becomes =
        heir.equals(id)
            ? "its address changes: it gets "
            : "that cable then belongs to " + heir + ", which gets ";
    return Optional.of(
        new Consequence(
            heir.equals(id) ? "asker-address-changes" : "asker-port-moves",
            id,
            way + "; " + becomes + spoken(then) + "." + next));
  }

  private void changes(String id, List<Consequence> all) {
    Optional<InterfaceSettings> was = before.interfaceSettings(id);
    Optional<InterfaceSettings> now = after.interfaceSettings(id);
    Optional<Bond> bondBefore = before.bondOf(id);
    Optional<Bond> bondAfter = after.bondOf(id);
    if (now.isEmpty()) {
      all.add(
          new Consequence(
              "interface-removed",
              id,
              id
                  + " is no longer configured"
                  + (before.bonds().containsKey(id) ? " and goes." : ".")));
      return;
    }
    if (bondAfter.isPresent() && !bondAfter.map(Bond::id).equals(bondBefore.map(Bond::id))) {
      all.add(
          new Consequence(
              "port-joins-bond",
              id,
              id + " becomes a port of " + bondAfter.get().id() + " and loses its own addresses."));
      return;
    }
    if (bondBefore.isPresent() && bondAfter.isEmpty()) {
      all.add(
          new Consequence("port-leaves-bond", id, id + " leaves " + bondBefore.get().id() + "."));
    }
    List<String> then = addresses.getOrDefault(id, List.of());
    List<String> old = addressesOf(before).getOrDefault(id, List.of());
    if (!then.equals(old)) {
      all.add(
          new Consequence(
              "address-changes",
              id,
              then.isEmpty()
                  ? id + " has no address any more; it had " + spoken(old) + "."
                  : id
                      + " gets "
                      + spoken(then)
                      + (old.isEmpty() ? "." : "; it had " + spoken(old) + ".")));
    } else if (was.isPresent()
        && now.get().dhcp().any()
        && (!Objects.equals(was.get().dhcp().identifier(), now.get().dhcp().identifier())
            || !Objects.equals(was.get().macAddress(), now.get().macAddress()))) {
      all.add(
          new Consequence(
              "lease-may-change",
              id,
              id
                  + " introduces itself to DHCP servers in another way: they may give it another"
                  + " address."));
    }
    List<String> waysOut = waysOut(now.get());
    List<String> former = was.map(Aftermath::waysOut).orElse(List.of());
    if (!waysOut.equals(former)) {
      all.add(
          new Consequence(
              "way-out-changes",
              id,
              waysOut.isEmpty()
                  ? id + " has no router any more; it had " + String.join(", ", former) + "."
                  : id
                      + " sends what is for other nets to "
                      + String.join(", ", waysOut)
                      + (former.isEmpty() ? "." : "; it was " + String.join(", ", former) + ".")));
    }
    Bond bond = after.bonds().get(id);
    if (bond != null && was.isEmpty() && now.get().dhcp().any() && now.get().macAddress() == null) {
      all.add(
          new Consequence(
              "lease-may-change",
              id,
              "DHCP servers do not know "
                  + id
                  + " yet: they may give it another address than its"
                  + " ports had."));
    }
  }

  /** Routers of fixed default routes. */
  private static List<String> waysOut(InterfaceSettings settings) {
    List<String> routers = new ArrayList<>();
    for (IpAddress gateway : new IpAddress[] {settings.gateway4(), settings.gateway6()}) {
      if (gateway != null) {
        routers.add(gateway.text());
      }
    }
    for (Route route : settings.routes()) {
      IpAddress via = route.via();
      if (route.isDefault() && via != null) {
        routers.add(via.text());
      }
    }
    return routers.stream().distinct().toList();
  }

  private static String spoken(List<String> addresses) {
    return String.join(
        ", ",
        addresses.stream()
            .map(
                each ->
                    switch (each) {
                      case DHCP4 -> "an address from a DHCP server";
                      case DHCP6 -> "an IPv6 address from a DHCP server";
                      case LINK_LOCAL -> "a link-local address";
                      default -> each;
                    })
            .toList());
  }
}
