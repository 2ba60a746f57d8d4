package io.airbox.hwtests.linux;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A box whose network is changed, and its peer at both ports: {@value #PEER_0} on a switch with
 * port 0, {@value Lan#ADDRESS} on another with port 1.
 */
final class NetworkBench {
  /** The file that the box was delivered with. */
  static final String FILE = "01-netcfg.yaml";

  /** The host's address at port 0; the network is a /24. */
  static final String PEER_0 = "10.20.0.2";

  /** The box's address at port 0 after the change that most tests make. */
  static final String BOX_0 = "10.20.0.1";

  private static final int SHORTEST = 30;

  /**
   * In so many times of what the helper takes for an answer a change comes up, and is looked at.
   */
  private static final int ANSWERS = 6;

  /** A window, in seconds, that nothing on a slow machine outlasts. */
  static final int LONG = 900;

  /** How long it may take to bring settings up under emulation on a busy core. */
  static final Duration SETTLED = Duration.ofSeconds(90);

  /**
   * Programs at whose calls the box can be stopped: where they are called, and where the real ones
   * are. airbox-network looks into /usr/sbin first; the others are called by their paths.
   */
  private static final Map<String, String> HELD =
      Map.of(
          "/usr/sbin/netplan", "/usr/share/netplan/held-netplan", // finds its modules by its path
          "/usr/bin/systemd-run", "/usr/lib/held-systemd-run",
          "/usr/sbin/mv", "/bin/mv",
          "/usr/sbin/rm", "/bin/rm",
          "/usr/sbin/sync", "/bin/sync");

  private static final String HOLD =
      """
      #!/bin/sh
      if [ -e /dev/shm/hold ]; then
        case "%1$s $*" in
          $(cat /dev/shm/hold))
            : >/dev/shm/held
            while [ -e /dev/shm/hold ]; do sleep 0.1; done ;;
        esac
      fi
      exec %2$s "$@"
      """;

  private final Console console;
  private final Lan lan;
  private final RootTasks tasks;
  private final int brief;

  private NetworkBench(Console console, Lan lan, RootTasks tasks, int brief) {
    this.console = console;
    this.lan = lan;
    this.tasks = tasks;
    this.brief = brief;
  }

  /**
   * Wires the LAN and prepares the box; its helper is on, its daemon as it was, and not started
   * again after a power cut, which would only take time.
   */
  static NetworkBench prepare(Console console, Lan lan) {
    console.run("systemctl start airbox-helper.socket airbox-network-recover.service").orThrow();
    console.run("systemctl --quiet disable airboxd.service").orThrow();
    RootTasks tasks = RootTasks.install(console);
    NetworkBench bench = new NetworkBench(console, lan, tasks, brief(tasks));
    lan.run(
            "ip",
            "link",
            "add",
            "br1",
            "type",
            "bridge",
            "forward_delay",
            "0",
            "mcast_snooping",
            "0")
        .orThrow();
    lan.run("ip", "link", "set", "br1", "up").orThrow();
    lan.run("ip", "address", "add", PEER_0 + "/24", "dev", "br0").orThrow();
    bench.apart();
    // what is on the disk after a power cut is what somebody has waited for
    console
        .run("sysctl --quiet vm.dirty_writeback_centisecs=0 vm.dirty_expire_centisecs=360000")
        .orThrow();
    bench.installHolds();
    bench.awaitReachable(Lan.BOX);
    return bench;
  }

  private static int brief(RootTasks tasks) {
    long started = System.nanoTime();
    RootTasks.Reply reply = tasks.ask("network-commit", Map.of("transaction", "nothing0is0staged"));
    if (!reply.kind().equals("refused")) {
      throw new AssertionError("the helper says " + reply);
    }
    long took = Duration.ofNanos(System.nanoTime() - started).toSeconds();
    return (int) Math.min(LONG, Math.max(SHORTEST, took * ANSWERS));
  }

  /**
   * The window, in seconds, for a change that is to go by itself: the shortest that is taken,
   * longer where the machine is slow.
   */
  int brief() {
    return brief;
  }

  /** When such a change is back at the latest. */
  Duration reverted() {
    return Duration.ofSeconds(brief + 10).plus(SETTLED);
  }

  /** Each port has a switch of its own. */
  void apart() {
    lan.run("ip", "link", "set", "tap1", "master", "br1").orThrow();
    lan.run("ip", "address", "replace", Lan.ADDRESS + "/24", "dev", "br1").orThrow();
    lan.run("ip", "address", "delete", Lan.ADDRESS + "/24", "dev", "br0");
  }

  /** Both ports are on one switch, with both of the host's addresses. */
  void together() {
    lan.run("ip", "link", "set", "tap1", "master", "br0").orThrow();
    lan.run("ip", "address", "delete", Lan.ADDRESS + "/24", "dev", "br1");
    lan.run("ip", "address", "replace", Lan.ADDRESS + "/24", "dev", "br0").orThrow();
  }

  RootTasks tasks() {
    return tasks;
  }

  /** Which files of a change hide others at the moment. */
  String shadows() {
    return console.run("ls /run/netplan 2>/dev/null").output();
  }

  /** The text of a file in /etc/netplan. */
  String file(String name) {
    return new String(console.get("/etc/netplan/" + name), StandardCharsets.UTF_8);
  }

  /**
   * The delivered file with {@link #BOX_0} at port 0 instead of DHCP, and at port 1 an address that
   * its peer does not reach: whoever came there is cut off.
   */
  static String elsewhere(String delivered) {
    return delivered
        .replaceFirst(
            "dhcp4: yes\n      addresses: \\[]", "dhcp4: no\n      addresses: [" + BOX_0 + "/24]")
        .replace("[192.168.150.1/24]", "[192.168.77.1/24]");
  }

  /** A file of one bond with both ports, {@link Lan#BOX}, and this further parameter. */
  static String bond(String mode, String parameter) {
    return """
        network:
          version: 2
          renderer: networkd
          ethernets:
            eth0: {optional: yes}
            eth1: {optional: yes}
          bonds:
            bond0:
              interfaces: [eth0, eth1]
              addresses: [192.168.150.1/24]
              optional: yes
              parameters:
                mode: %s
                mii-monitor-interval: 100
                %s
        """
        .formatted(mode, parameter);
  }

  /** A file that adds a VLAN with this number to port 1. */
  static String vlan(int id) {
    return """
        network:
          version: 2
          vlans:
            vlan0:
              id: %d
              link: eth1
              addresses: [10.30.0.1/24]
              optional: yes
        """
        .formatted(id);
  }

  /** All of /etc/netplan: a line for each file with hash, owner, mode and name. */
  String etc() {
    return console
        .run(
            "cd /etc/netplan && for f in $(ls -A); do"
                + " echo \"$(sha256sum <$f | cut -c 1-16) $(stat -c '%U %a' $f) $f\"; done; cd /")
        .orThrow();
  }

  /** What stages this change for so many seconds; a file with null is to be removed. */
  Map<String, String> change(
      String id, int window, Map<String, @Nullable String> files, String... links) {
    Map<String, String> arguments = new TreeMap<>();
    arguments.put("transaction", id);
    arguments.put("window", String.valueOf(window));
    arguments.put("links", String.join(" ", links));
    files.forEach(
        (name, after) -> {
          boolean there = console.run("test -e /etc/netplan/" + name).status() == 0;
          String before = there ? sha256(console.get("/etc/netplan/" + name)) : "-";
          arguments.put("file." + name, after == null ? before : before + "\n" + after);
        });
    return arguments;
  }

  /** Stages a change and waits until it is in effect. */
  void stage(String id, int window, Map<String, @Nullable String> files, String... links) {
    tasks.ask("network-stage", change(id, window, files, links)).orThrow();
    awaitStatus("applied", SETTLED);
  }

  /** Keeps a change and waits until that is done. */
  void commit(String id) {
    tasks.ask("network-commit", Map.of("transaction", id)).orThrow();
    awaitStatus("committed", SETTLED);
  }

  /** State, transaction and reason, as the box's status file says. */
  List<String> status() {
    return console.run("cat /run/airbox-network/status").orThrow().lines().toList();
  }

  /** Waits until the status file says this state. */
  void awaitStatus(String state, Duration within) {
    int status =
        console
            .run(
                "timeout "
                    + within.toSeconds()
                    + " sh -c 'until [ \"$(head -n 1 /run/airbox-network/status)\" = "
                    + state
                    + " ]; do sleep 0.2; done'",
                within.plus(Console.COMMAND))
            .status();
    if (status != 0) {
      throw new AssertionError("the state is not " + state + " but " + status() + "\n" + journal());
    }
  }

  /** What helper and airbox-network have written since the box started. */
  String journal() {
    return console
        .run(
            "journalctl --boot --no-pager --output short-monotonic --identifier airbox-network"
                + " --identifier airbox-helper --identifier systemd | tail -n 60")
        .output();
  }

  /** Whether the box answers the peer at this address: nothing listens there, and it says so. */
  boolean reachable(String address) {
    return probe(address).errors().contains("refused");
  }

  /** How the kernel sees a bond. */
  String bond(String name) {
    return console.run("cat /proc/net/bonding/" + name).orThrow();
  }

  /** Waits until the kernel says this of a bond. */
  void awaitBond(String name, String text) {
    String read = "grep -q " + Console.quoted(text) + " /proc/net/bonding/" + name;
    if (console
            .run(
                "timeout 60 sh -c \"until " + read + "; do sleep 0.5; done\"",
                SETTLED.plusSeconds(9))
            .status()
        != 0) {
      throw new AssertionError(name + " does not say '" + text + "':\n" + bond(name) + journal());
    }
  }

  /** Whether the box has a link of this name. */
  boolean hasLink(String name) {
    return console.run("test -e /sys/class/net/" + name).status() == 0;
  }

  /** Waits until it does. */
  void awaitReachable(String address) {
    long deadline = System.nanoTime() + SETTLED.toNanos();
    while (!reachable(address)) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            address
                + " does not answer:\n"
                + probe(address).errors()
                + console.run("ip address; ip route").output()
                + journal());
      }
    }
  }

  private CommandResult probe(String address) {
    return lan.run("timeout", "2", "bash", "-c", "exec 3<>/dev/tcp/" + address + "/9");
  }

  /**
   * Stops the box at the next call of a program whose name and arguments match this shell pattern;
   * of {@code mv}, {@code rm} and {@code sync} only airbox-network's calls count.
   */
  void hold(String pattern) {
    console
        .run("/bin/rm -f /dev/shm/held; echo " + Console.quoted(pattern) + " >/dev/shm/hold")
        .orThrow();
  }

  /** Waits until the call has come that was to be stopped. */
  void awaitHeld() {
    int status =
        console
            .run(
                "timeout 90 sh -c 'until [ -e /dev/shm/held ]; do sleep 0.1; done'",
                Console.COMMAND.multipliedBy(2))
            .status();
    if (status != 0) {
      throw new AssertionError("nothing came that was to be stopped; " + status() + journal());
    }
  }

  /** Lets the stopped call go on. */
  void release() {
    console.run("/bin/rm /dev/shm/hold").orThrow();
  }

  private void installHolds() {
    HELD.forEach(
        (called, real) -> {
          String name = called.substring(called.lastIndexOf('/') + 1);
          console
              .run(
                  "[ ! -e "
                      + called
                      + " ] || mv $(readlink -f "
                      + called
                      + ") "
                      + real
                      + " && rm -f "
                      + called)
              .orThrow();
          console.put(HOLD.formatted(name, real).getBytes(StandardCharsets.UTF_8), called, "755");
        });
    console.run("sync").orThrow();
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
