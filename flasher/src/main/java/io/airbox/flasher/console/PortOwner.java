package io.airbox.flasher.console;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Which program has a port open. Root is let in by the kernel whatever others have locked. */
final class PortOwner {
  private PortOwner() {}

  /**
   * As {@code screen (process 4711)}; empty when there is none that this user may see. Of a
   * pseudo-terminal nobody can tell: who made it may hold it, too.
   */
  static Optional<String> of(String port) {
    Path path = Path.of(port);
    return port.startsWith("/") && !MachinePorts.real(path).startsWith("/dev/pts")
        ? of(path, Path.of("/proc"), ProcessHandle.current().pid())
        : Optional.empty();
  }

  static Optional<String> of(Path port, Path proc, long self) {
    Path device = MachinePorts.real(port);
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path process : processes) {
        String pid = String.valueOf(process.getFileName());
        if (!pid.equals(Long.toString(self)) && holds(process.resolve("fd"), device)) {
          return Optional.of(name(process) + " (process " + pid + ")");
        }
      }
    } catch (IOException e) {
      // no Linux
    }
    return Optional.empty();
  }

  private static boolean holds(Path descriptors, Path device) {
    try (DirectoryStream<Path> open = Files.newDirectoryStream(descriptors)) {
      for (Path each : open) {
        if (links(each, device)) {
          return true;
        }
      }
    } catch (IOException e) {
      // another user's, or it has just ended
    }
    return false;
  }

  private static boolean links(Path descriptor, Path device) {
    try {
      return Files.readSymbolicLink(descriptor).equals(device);
    } catch (IOException e) {
      return false;
    }
  }

  private static String name(Path process) {
    try {
      return Files.readString(process.resolve("comm")).strip();
    } catch (IOException e) {
      return "another program";
    }
  }
}
