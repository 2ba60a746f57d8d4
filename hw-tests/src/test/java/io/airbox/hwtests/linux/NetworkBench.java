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
 * A box whose network is changed, and its peer at both ports: {@value #PEER_0} on a switch with port
 * 0, {@value Lan#ADDRESS} on another with port 1.
 */
final class NetworkBench {
  /** The file that the box was delivered with. */
  static final String FILE = "01-netcfg.yaml";

  /** The host's address at port 0; the network is a /24. */
  static final String PEER_0 = "10.20.0.2";

  /** The box's address at port 0 after the change that most tests make. */
  static final String BOX_0 = "10.20.0.1";

  /** The window that most tests use, in seconds: the shortest that is taken. */
  static final int WINDOW = 30;

  /** When the timer takes a change back at the latest, and that on a slow machine. */
  static final Duration REVERTED = Duration.ofSeconds(WINDOW + 10 + 60);

  /** How long it may take to bring settings up under emulation on a busy core. */
  static final Duration SETTLED = Duration.ofSeconds(60);

  /** Programs that can be stopped at a call: what is asked for in /run/hold is matched against it. */
  private static final List<String> HELD =
      List.of("netplan=/usr/sbin/netplan", "mv=/bin/mv", "rm=/bin/rm", "sync=/bin/sync");

  private final Console console;
  private final Lan lan;
  private final RootTasks tasks;

  private NetworkBench(Console console, Lan lan, RootTasks tasks) {
    this.console = console;
    this.lan = lan;
    this.tasks = tasks;
  }

  /** Wires the LAN and prepares the box; its helper is on, its daemon as it was. */
  static NetworkBench prepare(Console console, Lan lan) {
    NetworkBench bench = new NetworkBench(console, lan, RootTasks.install(console));
    lan.run("ip", "link", "add", "br1", "type", "bridge", "forward_delay", "0", "mcast_snooping", "0")
        .orThrow();
    lan.run("ip", "link", "set", "br1", "up").orThrow();
    lan.run("ip", "address", "add", PEER_0 + "/24", "dev", "br0").orThrow();
    bench.apart();
    console.run("systemctl start airbox-helper.socket airbox-network-recover.service").orThrow();
    // what is on the disk after a power cut is what somebody has waited for
    console
        .run("sysctl --quiet vm.dirty_writeback_centisecs=0 vm.dirty_expire_centisecs=360000")
        .orThrow();
    bench.installHolds();
    bench.awaitReachable(Lan.BOX);
    return bench;
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

  /** The text of a file in /etc/netplan. */
  String file(String name) {
    return new String(console.get("/etc/netplan/" + name), StandardCharsets.UTF_8);
  }

  /** All of /etc/netplan: a line for each file with hash, owner, mode and name. */
  String etc() {
    return console
        .run(
            "cd /etc/netplan && for f in $(ls -A); do"
                + " echo \"$(sha256sum <$f | cut -c 1-16) $(stat -c '%U %a' $f) $f\"; done; cd /")
        .orThrow();
  }

  /** What stages this change; a file with null is to be removed. */
  Map<String, String> change(String id, Map<String, @Nullable String> files, String... links) {
    Map<String, String> arguments = new TreeMap<>();
    arguments.put("transaction", id);
    arguments.put("window", String.valueOf(WINDOW));
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
  void stage(String id, Map<String, @Nullable String> files, String... links) {
    tasks.ask("network-stage", change(id, files, links)).orThrow();
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

  /** Stops the box's next call of a program whose command line matches this shell pattern. */
  void hold(String pattern) {
    console.run("rm -f /run/held; echo " + Console.quoted(pattern) + " >/run/hold").orThrow();
  }

  /** Waits until the call has come that was to be stopped. */
  void awaitHeld() {
    if (console
            .run("timeout 60 sh -c 'until [ -e /run/held ]; do sleep 0.1; done'", SETTLED.plusSeconds(9))
            .status()
        != 0) {
      throw new AssertionError("nothing came that was to be stopped\n" + journal());
    }
  }

  /** Lets the stopped call go on. */
  void release() {
    console.run("rm /run/hold").orThrow();
  }

  /** Only the calls of airbox-network: it looks in /usr/sbin first, or by the program's own name. */
  private void installHolds() {
    for (String held : HELD) {
      String name = held.substring(0, held.indexOf('='));
      String real = held.substring(held.indexOf('=') + 1);
      String moved = real.startsWith("/usr/sbin/") ? "/usr/share/netplan/real-" + name : real;
      if (!moved.equals(real)) {
        console.run("ln -s $(readlink -f " + real + ") " + moved + " && rm " + real).orThrow();
      }
      console.put(
          """
          #!/bin/sh
          # stands before %s, so that a test can stop the box at a call of it
          if [ -e /run/hold ]; then
            case "%s $*" in
              $(/bin/cat /run/hold))
                : >/run/held
                while [ -e /run/hold ]; do sleep 0.1; done ;;
            esac
          fi
          exec %s "$@"
          """
              .formatted(real, name, moved),
          "/usr/sbin/" + name);
      console.run("chmod 755 /usr/sbin/" + name).orThrow();
    }
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
