package io.airbox.daemon.network;

import io.airbox.daemon.network.LiveInterface.Kind;
import io.airbox.daemon.network.LiveInterface.LiveAddress;
import io.airbox.daemon.network.LiveNetwork.LiveRoute;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Whether the network works, by asking around: shown to whoever decides whether a change stays, and
 * never decides itself. A box may well work without a gateway.
 *
 * @param ways ports, bonds and VLANs that are switched on and not members of another
 * @param gateways next hops of default routes
 * @param nameServers DNS servers
 */
public record NetworkCheck(List<Way> ways, List<Peer> gateways, List<Peer> nameServers) {
  /** More of a kind are not asked. */
  private static final int MOST = 4;

  private static final Set<Kind> KINDS = Set.of(Kind.PORT, Kind.BOND, Kind.BRIDGE, Kind.VLAN);

  /** Keeps the lists unchangeable. */
  public NetworkCheck {
    ways = List.copyOf(ways);
    gateways = List.copyOf(gateways);
    nameServers = List.copyOf(nameServers);
  }

  /**
   * A way into the box.
   *
   * @param carrier whether the other end is there
   */
  public record Way(String name, Optional<Boolean> carrier, List<Reached> addresses) {
    /** Keeps the list unchangeable. */
    public Way {
      addresses = List.copyOf(addresses);
    }

    private boolean open() {
      return carrier.orElse(true) && !addresses.isEmpty();
    }
  }

  /**
   * An address of the box.
   *
   * @param address with its prefix
   * @param leased whether a server gave it
   * @param asked seconds since another machine's last request there; empty for never
   */
  public record Reached(String address, boolean leased, OptionalLong asked) {}

  /**
   * Another machine.
   *
   * @param network the interface that leads there; empty when any may
   * @param answers empty when that cannot be told
   */
  public record Peer(String address, String network, Optional<Boolean> answers) {
    private boolean silent() {
      return !answers.orElse(true);
    }
  }

  /** Asks other machines. Each call blocks for two seconds at most. */
  interface Probe {
    /** Whether a gateway on the link of {@code network} is there; empty when it cannot be told. */
    Optional<Boolean> gateway(String address, String network);

    /** Whether a DNS server sends any answer. */
    Optional<Boolean> nameServer(String address);
  }

  /** Asks everybody at once; blocks for some seconds at most. */
  static NetworkCheck of(LiveNetwork.Snapshot now, Arrivals arrivals, Probe probe) {
    List<Way> ways = new ArrayList<>();
    for (LiveInterface each : now.interfaces()) {
      if (KINDS.contains(each.kind()) && each.master() == null && each.up().orElse(false)) {
        ways.add(new Way(each.name(), each.carrier(), reached(each.addresses(), arrivals)));
      }
    }
    ExecutorService threads = Executors.newFixedThreadPool(2 * MOST, NetworkCheck::thread);
    try {
      List<Future<Peer>> gateways = new ArrayList<>();
      now.routes().stream()
          .filter(route -> route.to().equals("default") && route.via() != null)
          .distinct()
          .limit(MOST)
          .forEach(route -> gateways.add(threads.submit(gateway(route, probe))));
      List<Future<Peer>> servers = new ArrayList<>();
      now.nameServers().stream()
          .distinct()
          .limit(MOST)
          .forEach(
              server ->
                  servers.add(
                      threads.submit(() -> new Peer(server, "", probe.nameServer(server)))));
      return new NetworkCheck(ways, all(gateways), all(servers));
    } finally {
      threads.shutdownNow();
    }
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "network-check");
    thread.setDaemon(true);
    return thread;
  }

  private static Callable<Peer> gateway(LiveRoute route, Probe probe) {
    String via = String.valueOf(route.via());
    return () -> new Peer(via, route.network(), probe.gateway(via, route.network()));
  }

  private static List<Reached> reached(List<LiveAddress> addresses, Arrivals arrivals) {
    return addresses.stream()
        .filter(each -> !each.scope().equals("link") && !each.scope().equals("host"))
        .map(
            each ->
                new Reached(
                    each.address() + "/" + each.prefix(),
                    each.dynamic(),
                    arrivals.secondsSince(each.address())))
        .toList();
  }

  private static List<Peer> all(List<Future<Peer>> asked) {
    List<Peer> peers = new ArrayList<>();
    for (Future<Peer> each : asked) {
      try {
        peers.add(each.get());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while the network was checked", e);
      } catch (ExecutionException e) {
        throw new IllegalStateException("a check of the network failed", e.getCause());
      }
    }
    return peers;
  }

  /** Whether nothing is known to be amiss: there is a way in, and whoever was asked answers. */
  public boolean passed() {
    return ways.stream().anyMatch(Way::open)
        && gateways.stream().noneMatch(Peer::silent)
        && nameServers.stream().noneMatch(Peer::silent);
  }
}
