package io.airbox.hwtests.linux;

import io.airbox.hwtests.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Our software on a {@link LinuxDouble}, laid out as on a box: the distribution in {@code
 * /usr/lib/airbox}, the root file system overlay over the root, user and folders made, units
 * enabled.
 *
 * <p>The distribution is a disk that the box mounts, since copying it under emulation takes long;
 * its class archives are made on the host with the box's own Java, since without them the daemon
 * starts three times slower (58 s instead of 20 s here).
 */
final class Appliance {
  /** How long the daemon may take to start: a JVM under emulation on a busy core. */
  static final Duration START = Duration.ofSeconds(150);

  /** The box's owner comes here without a key. */
  static final String OWNER_SOCKET = "/run/airbox/api.sock";

  private static final Duration MAKING_A_DISK = Duration.ofMinutes(4);

  private final Console console;

  private Appliance(Console console) {
    this.console = console;
  }

  /**
   * Writes the two disks that {@link #install} expects into this folder: the distribution and the
   * overlay.
   */
  static List<Path> disks(LinuxImage image, Path folder) {
    Path distribution = folder.resolve("airbox.ext4");
    Path overlay = folder.resolve("overlay.ext4");
    Path built = Checkout.path("appliance-daemon/target/airbox");
    if (!Files.isDirectory(built)) {
      throw new IllegalStateException(built + " is not there; is appliance-daemon packaged?");
    }
    try {
      Files.createDirectories(folder);
      Files.deleteIfExists(overlay);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    HostCommand.run(
            MAKING_A_DISK,
            List.of(
                "sh",
                Checkout.path("hw-tests/src/linux-double/appliance-disk").toString(),
                image.folder().toString(),
                built.toString(),
                distribution.toString()))
        .orThrow();
    HostCommand.run(
            MAKING_A_DISK,
            List.of(
                "mke2fs",
                "-q",
                "-F",
                "-t",
                "ext4",
                "-L",
                "overlay",
                "-d",
                Checkout.path("rootfs-overlay/src/main/tree").toString(),
                overlay.toString(),
                "16M"))
        .orThrow();
    return List.of(distribution, overlay);
  }

  /** Installs on a box that has these disks and is at a shell of root. Nothing is started. */
  static Appliance install(Console console) {
    console
        .run(
            """
            (set -e
            mkdir -p /usr/lib/airbox /mnt/overlay
            echo 'LABEL=airbox /usr/lib/airbox ext4 ro 0 0' >>/etc/fstab
            mount /usr/lib/airbox
            ln -sf /usr/lib/airbox/bin/airbox /usr/bin/airbox
            mount -o ro LABEL=overlay /mnt/overlay
            cp -R --preserve=mode /mnt/overlay/. /
            umount /mnt/overlay
            rmdir /lost+found 2>/dev/null || true
            systemd-sysusers
            systemd-tmpfiles --create
            systemctl daemon-reload
            systemctl --quiet enable airboxd.service airbox-helper.socket airbox-network-recover.service)
            """)
        .orThrow();
    return new Appliance(console);
  }

  /** Starts the daemon if it does not run; returns when systemd says that it does. */
  void start() {
    if (console.run("systemctl start airboxd.service", START).status() != 0) {
      throw new AssertionError("airboxd.service does not start:\n" + journal());
    }
  }

  /** The daemon's process. */
  String pid() {
    return console
        .run("systemctl show --property=MainPID --value airboxd.service")
        .orThrow()
        .strip();
  }

  /** Waits until systemd has started the daemon anew. */
  void awaitRestart(String formerPid) {
    int status =
        console
            .run(
                "for i in $(seq 300); do"
                    + " [ \"$(systemctl show --property=MainPID --value airboxd.service)\" != "
                    + formerPid
                    + " ] && systemctl --quiet is-active airboxd.service && break; sleep 1; done;"
                    + " systemctl --quiet is-active airboxd.service",
                START.multipliedBy(2))
            .status();
    if (status != 0 || pid().equals(formerPid)) {
      throw new AssertionError("airboxd.service was not started anew:\n" + journal());
    }
  }

  /** What the daemon has written since the box started. */
  String journal() {
    return console.run("journalctl --boot --unit airboxd.service --output cat --no-pager").output();
  }

  /** Asks the daemon as the box's owner: by the socket that only root and its own user can open. */
  HttpAnswer asOwner(String method, String path, String json) {
    return curl(
        "--unix-socket "
            + OWNER_SOCKET
            + " --request "
            + method
            + " --header content-type:application/json --data "
            + Console.quoted(json)
            + " http://localhost"
            + path);
  }

  /** Asks the daemon as the box's owner. */
  HttpAnswer asOwner(String path) {
    return curl("--unix-socket " + OWNER_SOCKET + " http://localhost" + path);
  }

  /** Runs curl on the box. */
  HttpAnswer curl(String arguments) {
    return HttpAnswer.of(console.run("curl --silent --show-error --include " + arguments));
  }
}
