package io.airbox.hwtests.linux;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The LAN that the double's two ports are plugged into: a switch in a network namespace of its own,
 * where the host is the peer {@value #ADDRESS}. Nothing leads from there to anywhere else.
 *
 * <p>The namespace is held by one process, which ends with the test's JVM however that ends; the
 * kernel then kills everything that runs inside and takes down namespace, switch and taps. Root
 * makes it directly, others through a user namespace.
 */
public final class Lan implements AutoCloseable {
  /** The host's address there; the network is a /24. */
  public static final String ADDRESS = "192.168.150.2";

  /** The box's address on its second port, as delivered. */
  public static final String BOX = "192.168.150.1";

  private static final Duration COMMAND = Duration.ofSeconds(120);
  private static final String READY = "ready";

  private static final String SETUP =
      """
      ip link set lo up
      ip link add br0 type bridge forward_delay 0 mcast_snooping 0
      for tap in tap0 tap1; do
        ip tuntap add $tap mode tap
        ip link set $tap master br0 up
      done
      ip address add %s/24 dev br0
      ip link set br0 up
      echo %s
      exec cat
      """
          .formatted(ADDRESS, READY);

  private final Process holder;
  private final List<String> enter;

  private Lan(Process holder, List<String> enter) {
    this.holder = holder;
    this.enter = enter;
  }

  /**
   * Makes the LAN.
   *
   * @throws LinuxDoubleUnavailableException if this machine does not let us
   */
  public static Lan open() {
    boolean root = HostCommand.isRoot();
    List<String> command = new ArrayList<>(List.of("unshare", "--net", "--pid", "--fork"));
    command.add("--kill-child");
    if (!root) {
      command.addAll(List.of("--user", "--map-root-user"));
    }
    command.addAll(List.of("sh", "-euc", SETUP));
    Process holder;
    StringBuilder said = new StringBuilder();
    try {
      holder = HostCommand.of(command).redirectErrorStream(true).start();
      BufferedReader lines = holder.inputReader(StandardCharsets.UTF_8);
      for (String line = lines.readLine(); !READY.equals(line); line = lines.readLine()) {
        if (line == null) {
          throw new LinuxDoubleUnavailableException(
              "no network namespace for the Linux double ("
                  + (root ? "as root" : "by a user namespace, since this is not root")
                  + "): "
                  + said.toString().strip());
        }
        said.append(line).append('\n');
      }
    } catch (IOException e) {
      throw new UncheckedIOException("no network namespace for the Linux double", e);
    }
    long inside = holder.children().findFirst().orElseThrow().pid();
    List<String> enter = new ArrayList<>(List.of("nsenter", "--target", String.valueOf(inside)));
    enter.addAll(List.of("--net", "--pid"));
    if (!root) {
      enter.addAll(List.of("--user", "--preserve-credentials"));
    }
    enter.add("--");
    return new Lan(holder, List.copyOf(enter));
  }

  /** The host's end of the cable in the box's port 0 or 1. */
  static String tap(int port) {
    return "tap" + port;
  }

  /** Runs a program on the host's side of the LAN, to its end. */
  public CommandResult run(String... command) {
    return HostCommand.run(COMMAND, inside(List.of(command)));
  }

  /** Starts a program on the host's side of the LAN; it ends with the LAN at the latest. */
  Process start(List<String> command) throws IOException {
    return HostCommand.of(inside(command)).redirectErrorStream(true).start();
  }

  /**
   * This command, as it is to be started to run on the LAN; the program's folder is looked up
   * there.
   */
  List<String> inside(List<String> command) {
    List<String> words = new ArrayList<>(enter);
    words.addAll(command);
    return words;
  }

  /** How a developer gets a program onto the LAN while it exists. */
  public String howToEnter() {
    return String.join(" ", enter);
  }

  /** Takes the LAN down, with every program on it. */
  @Override
  public void close() {
    try {
      holder.getOutputStream().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      holder.waitFor();
    } catch (InterruptedException e) {
      holder.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
