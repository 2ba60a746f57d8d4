package io.airbox.netplan.plan;

import io.airbox.netplan.NetplanException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The real {@code netplan generate --root-dir}, run by an argument array in a scratch root. */
public final class NetplanGenerate {
  private final List<String> command;
  private final Duration limit;

  /**
   * @param command program and leading arguments; {@code --root-dir DIR} is appended
   * @param limit how long one run may take
   */
  public NetplanGenerate(List<String> command, Duration limit) {
    this.command = List.copyOf(command);
    this.limit = limit;
  }

  /**
   * The machine's own netplan.
   *
   * @throws NetplanException {@code NETPLAN_UNAVAILABLE} when none is installed
   */
  public static NetplanGenerate installed() {
    // what `netplan generate` runs behind an interpreter that takes ten times as long to start
    for (String program : List.of("/usr/libexec/netplan/generate", "/lib/netplan/generate")) {
      if (Files.isExecutable(Path.of(program))) {
        return new NetplanGenerate(List.of(program), Duration.ofSeconds(20));
      }
    }
    throw new NetplanException(
        NetplanException.Reason.NETPLAN_UNAVAILABLE,
        "netplan is not installed here: neither /usr/libexec/netplan/generate nor"
            + " /lib/netplan/generate is there; install netplan.io");
  }

  @Override
  public String toString() {
    return command + " within " + limit;
  }
}
