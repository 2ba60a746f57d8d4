package io.airbox.hwtests.page;

import io.airbox.hwtests.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * A box's tree to throw away, with the real root side behind it: {@code airbox-helper} listens on a
 * socket, and what it asks systemd to start runs at once, on the tree instead of the machine. Plans
 * and checks are netplan's own; only {@code netplan apply} brings nothing up.
 */
final class NetworkTree implements AutoCloseable {
  static final String FACTORY =
      """
      # as delivered
      network:
        version: 2
        renderer: networkd
        ethernets:
          eth0:
            dhcp4: yes # the office
            addresses: []
            optional: yes
            dhcp-identifier: mac
          eth1:
            dhcp4: no
            addresses: [192.168.150.1/24]
            optional: yes
      """;

  private final Path root;
  private final Path socket;
  private final Process listener;

  NetworkTree(Path folder) {
    root = folder.resolve("tree");
    socket = folder.resolve("helper.sock");
    try {
      write("etc/netplan/01-netcfg.yaml", FACTORY);
      write("etc/hostname", "airbox\n");
      write("etc/os-release", "VERSION_CODENAME=focal\n");
      write("etc/apt/sources.list", "deb http://ports.ubuntu.com/ubuntu-ports focal main\n");
      write("proc/mounts", "/dev/mmcblk0p5 / ext4 rw 0 0\n");
      write(
          "var/lib/dpkg/status",
          "Package: netplan.io\nStatus: install ok installed\nVersion: 0.99-0ubuntu3~20.04.2\n");
      write("run/systemd/resolve/resolv.conf", "nameserver 192.168.1.1\nsearch lan\n");
      for (String each : new String[] {"uptime", "sys/kernel/random/boot_id"}) {
        write("proc/" + each, Files.readString(Path.of("/proc").resolve(each)));
      }
      port("eth0", 2, "1");
      port("eth1", 3, "0");
      addresses();
      for (String each : new String[] {"netplan", "systemd/network", "airbox-network"}) {
        Files.createDirectories(root.resolve("run").resolve(each));
      }
      Files.createDirectories(root.resolve("var/lib/airbox-network"));
      programs();
      listener = listen(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Awaitility.await().until(() -> Files.exists(socket));
  }

  private void port(String name, int index, String carrier) throws IOException {
    String folder = "sys/class/net/" + name + "/";
    write(folder + "ifindex", index + "\n");
    write(folder + "type", "1\n");
    write(folder + "flags", "0x1003\n");
    write(folder + "carrier", carrier + "\n");
    write(folder + "mtu", "1500\n");
    write(folder + "address", "e0:a5:09:00:00:0" + index + "\n");
    if (carrier.equals("1")) {
      write(folder + "speed", "1000\n");
      write(folder + "duplex", "full\n");
    }
    Files.createDirectories(root.resolve(folder + "device"));
  }

  /** What {@code ip -j} would print. */
  private void addresses() throws IOException {
    String recorded = "run/airbox-recorded/ip/";
    write(
        recorded + "addr.json",
        """
        [{"ifname":"eth0","addr_info":[{"local":"192.168.1.57","prefixlen":24,"scope":"global","dynamic":true,"valid_life_time":86000},
          {"local":"127.0.0.1","prefixlen":8,"scope":"host"}]},
         {"ifname":"eth1","addr_info":[{"local":"192.168.150.1","prefixlen":24,"scope":"global"}]}]
        """);
    write(
        recorded + "4-route.json",
        """
        [{"dst":"default","gateway":"192.168.1.1","dev":"eth0","protocol":"dhcp","metric":100}]
        """);
    write(
        "run/systemd/netif/leases/2",
        "ADDRESS=192.168.1.57\nSERVER_ADDRESS=192.168.1.1\nROUTER=192.168.1.1\nLIFETIME=86400\n");
  }

  private void programs() throws IOException {
    Path overlay = Checkout.path("rootfs-overlay/src/main/tree/usr/libexec/airbox-network");
    script(
        "bin/systemctl",
        """
        for unit; do :; done
        case $unit in
          airbox-network@*.service)
            job=${unit#airbox-network@}
            AIRBOX_SYSROOT=%s setsid sh %s "${job%%.service}" >>%s 2>&1 &
            ;;
        esac
        """
            .formatted(root, overlay, root.resolve("log")));
    script("usr/bin/systemd-run", "exit 0");
    // airbox-network's own, which else finds this machine's
    for (String each : new String[] {"ip", "systemctl", "systemd-run"}) {
      script("usr/sbin/" + each, "exit 0");
    }
    script("usr/bin/timedatectl", "echo yes");
    script(
        "usr/sbin/netplan",
        """
        case $1 in
          generate)
            shift
            for program in /usr/libexec/netplan/generate /lib/netplan/generate; do
              [ -x "$program" ] && PATH=/usr/sbin:/usr/bin:/sbin:/bin exec "$program" "$@"
            done ;;
        esac
        """);
  }

  private void script(String path, String body) throws IOException {
    write(path, "#!/bin/sh\n" + body + "\n");
    Files.setPosixFilePermissions(root.resolve(path), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Process listen(Path folder) throws IOException {
    Path run = folder.resolve("run-helper");
    Files.writeString(
        run,
        "#!/bin/sh\nexec '%s' --sysroot '%s' --user '%s'\n"
            .formatted(
                Checkout.path("appliance-daemon/target/airbox/lib/airbox-helper"),
                root,
                System.getProperty("user.name")));
    Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwxr-xr-x"));
    return new ProcessBuilder(
            "/usr/bin/socat", "UNIX-LISTEN:" + socket + ",fork,mode=666", "EXEC:" + run + ",nofork")
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.appendTo(folder.resolve("helper.log").toFile()))
        .start();
  }

  /** Settings of a daemon that takes this tree for its machine and serves all addresses. */
  Map<String, String> settings() {
    return Map.of(
        "sysroot", root.toString(),
        "helper.socket", socket.toString(),
        "http.host", "0.0.0.0",
        "http.port", "0",
        "https.port", "0");
  }

  /** What netplan's file says now. */
  String file() {
    try {
      return Files.readString(root.resolve("etc/netplan/01-netcfg.yaml"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file of the tree. */
  String text(String path) throws IOException {
    return Files.readString(root.resolve(path));
  }

  private void write(String path, String text) throws IOException {
    Files.createDirectories(root.resolve(path).getParent());
    Files.writeString(root.resolve(path), text);
  }

  @Override
  public void close() {
    listener.descendants().forEach(ProcessHandle::destroyForcibly);
    listener.destroyForcibly();
    try {
      listener.waitFor(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
