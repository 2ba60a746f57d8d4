package io.airbox.hwtests.telemetry;

import io.airbox.hwtests.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** A recorded box whose board controller tells alerts as the test likes. */
final class AlertingBox {
  /** As the controller's file names them; each is a bit of its status. */
  private static final List<String> ALERTS =
      List.of(
          "soc-overheat",
          "power-supply-overheat",
          "board-overheat",
          "board-overheat-and-shutdown",
          "soc-overheat-and-shutdown",
          "power-supply-failure",
          "12v-power-supply-failure",
          "soc-required-reboot");

  private final Path root;
  private final Path file;
  private final String text;
  private int bits;

  /** Copies the recorded box into a folder that is not there yet. */
  AlertingBox(Path root) throws IOException {
    this.root = root;
    Path recorded = Checkout.path("power-monitor/src/test/box/idle");
    try (Stream<Path> files = Files.walk(recorded)) {
      for (Path each : files.toList()) {
        Path copy = root.resolve(recorded.relativize(each).toString());
        if (Files.isDirectory(each)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(each, copy);
        }
      }
    }
    file = root.resolve("sys/bus/i2c/devices/1-0017/alert");
    text = Files.readString(file);
  }

  /** For the daemon's {@code sysroot}. */
  Path root() {
    return root;
  }

  /** Ids of the alarms that can be had. */
  List<String> alarms() {
    return ALERTS.stream().map(each -> "controller." + each).toList();
  }

  /** An alert begins or ends; a reader sees the file before or this one. */
  void tell(String alarm, boolean alert) throws IOException {
    int bit = 1 << alarms().indexOf(alarm);
    bits = alert ? bits | bit : bits & ~bit;
    Path next = root.resolveSibling("alert");
    Files.writeString(
        next,
        text.replaceFirst("Status 0x\\w+", String.format(Locale.ROOT, "Status 0x%02x", bits)));
    Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }
}
