package io.airbox.netplan.edit;

import io.airbox.netplan.settings.Address;
import io.airbox.netplan.settings.Bond;
import io.airbox.netplan.settings.BondMode;
import io.airbox.netplan.settings.BondOption;
import io.airbox.netplan.settings.BondParameters;
import io.airbox.netplan.settings.Dhcp;
import io.airbox.netplan.settings.Ethernet;
import io.airbox.netplan.settings.InterfaceSettings;
import io.airbox.netplan.settings.IpAddress;
import io.airbox.netplan.settings.LinkLocal;
import io.airbox.netplan.settings.Match;
import io.airbox.netplan.settings.NameServers;
import io.airbox.netplan.settings.NetworkSettings;
import io.airbox.netplan.settings.Route;
import io.airbox.netplan.settings.Subnet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Settings that netplan takes, of every kind that can be edited. */
final class AnySettings {
  private static final List<String> PORTS =
      List.of("eth0", "eth1", "enp3s0", "on", "lan.7", "e-1_x");

  private final Random random;

  AnySettings(long seed) {
    random = new Random(seed);
  }

  NetworkSettings next() {
    NetworkSettings settings = NetworkSettings.EMPTY;
    List<String> ids = new ArrayList<>(PORTS);
    Collections.shuffle(ids, random);
    List<String> ports = new ArrayList<>(ids.subList(0, 1 + random.nextInt(ids.size())));
    for (int i = 0; i < ports.size(); i++) {
      settings = settings.with(port(ports.get(i), i));
    }
    for (int i = 0; i < 2 && !ports.isEmpty() && random.nextInt(3) > 0; i++) {
      int n = 1 + random.nextInt(Math.min(3, ports.size()));
      List<String> members = List.copyOf(ports.subList(0, n));
      ports.subList(0, n).clear();
      for (String member : members) {
        settings = settings.with(settings.ethernets().get(member).with(InterfaceSettings.EMPTY));
      }
      settings = settings.with(new Bond("bond" + i, any(10 + i), members, parameters(members)));
    }
    return settings;
  }

  private Ethernet port(String id, int index) {
    Match match =
        random.nextInt(4) > 0
            ? null
            : new Match(
                random.nextBoolean() ? "enx" + index + "*" : null,
                "52:54:00:00:00:0" + index,
                random.nextBoolean() ? List.of() : List.of("virtio*"));
    return new Ethernet(
        id,
        any(index),
        match,
        match != null && random.nextBoolean() ? "lan" + index : null,
        // a link file cannot say which of several
        match == null && random.nextInt(3) == 0);
  }

  private InterfaceSettings any(int index) {
    boolean v4 = random.nextBoolean();
    boolean v6 = random.nextInt(4) == 0;
    // networkd has one section for both
    Long metric = random.nextInt(3) == 0 ? Long.valueOf(random.nextInt(9999)) : null;
    Dhcp dhcp =
        new Dhcp(
            v4,
            v6,
            v4 && random.nextBoolean() ? "mac" : null,
            v4 ? metric : null,
            v6 ? metric : null);
    List<Address> addresses = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      String text =
          random.nextInt(3) > 0
              ? "10." + index + "." + i + ".2/24"
              : "fd00:" + index + "::" + i + "/64";
      addresses.add(
          random.nextInt(5) > 0
              ? Address.parse(text)
              : new Address(Subnet.parse(text), "eth:" + i, random.nextBoolean() ? "0" : null));
    }
    return new InterfaceSettings(
        dhcp,
        addresses,
        null,
        null,
        routes(index),
        new NameServers(
            some(new IpAddress("1.1.1.1"), new IpAddress("::1"), new IpAddress("fe80::1")),
            some("lan", "~.", "home.arpa", "no")),
        random.nextInt(3) > 0 ? null : Integer.valueOf(1280 + random.nextInt(8000)),
        random.nextBoolean(),
        random.nextInt(4) > 0 ? null : "52:54:00:00:01:" + (10 + index),
        random.nextInt(3) > 0 ? null : LinkLocal.values()[random.nextInt(4)],
        random.nextInt(3) > 0 ? null : Boolean.valueOf(random.nextBoolean()));
  }

  private List<Route> routes(int index) {
    List<Route> routes = new ArrayList<>();
    if (index == 0 && random.nextBoolean()) {
      routes.add(Route.defaultVia(new IpAddress("10.0.0.1")));
      routes.add(Route.defaultVia(new IpAddress("fd00::1")));
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      boolean closed = random.nextInt(4) == 0;
      routes.add(
          new Route(
              Subnet.parse("10.1" + i + "." + index + ".0/24"),
              closed ? null : new IpAddress("10." + index + ".0.1"),
              random.nextInt(4) > 0 ? null : new IpAddress("10." + index + ".0.2"),
              random.nextBoolean() ? null : Long.valueOf(random.nextInt(1000)),
              random.nextInt(4) > 0 ? null : Long.valueOf(1 + random.nextInt(1000)),
              !closed && random.nextInt(4) == 0,
              closed ? "blackhole" : null,
              random.nextInt(4) > 0 ? null : "global",
              random.nextInt(4) > 0 ? null : Integer.valueOf(1400)));
    }
    return routes;
  }

  private BondParameters parameters(List<String> members) {
    BondMode mode = BondMode.values()[random.nextInt(BondMode.values().length)];
    BondParameters parameters = BondParameters.of(mode);
    for (BondOption option : BondOption.values()) {
      if (option.modes().contains(mode) && random.nextInt(3) == 0) {
        parameters = parameters.with(option, value(option, members));
      }
    }
    return parameters;
  }

  private String value(BondOption option, List<String> members) {
    if (option.form() instanceof BondOption.Words words) {
      return words.allowed().get(random.nextInt(words.allowed().size()));
    }
    if (option.form() instanceof BondOption.Range range) {
      return Long.toString(
          range.from() + random.nextInt((int) Math.min(200, range.to() - range.from())));
    }
    if (option.form() instanceof BondOption.Addresses) {
      return random.nextBoolean() ? "10.0.0.1" : "10.0.0.1,10.0.0.3";
    }
    return option.form() instanceof BondOption.Flag
        ? Boolean.toString(random.nextBoolean())
        : members.get(random.nextInt(members.size()));
  }

  @SafeVarargs
  private <T> List<T> some(T... values) {
    List<T> some = new ArrayList<>();
    for (T value : values) {
      if (random.nextInt(4) == 0) {
        some.add(value);
      }
    }
    return some;
  }
}
