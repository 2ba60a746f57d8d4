package io.airbox.generation.engine.onnx;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** Counts cores, not hardware threads: a matrix product gains nothing from the second thread. */
final class PhysicalCores {
  private static final Path CPUS = Path.of("/sys/devices/system/cpu");

  private PhysicalCores() {}

  /** Cores that this process may use, at least 1. */
  static int count() {
    return count(CPUS, Runtime.getRuntime().availableProcessors());
  }

  static int count(Path cpus, int available) {
    Set<String> cores = new HashSet<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(cpus, "cpu[0-9]*")) {
      for (Path cpu : entries) {
        cores.add(Files.readString(cpu.resolve("topology/thread_siblings_list")).strip());
      }
    } catch (IOException e) {
      return available; // no such list here: take every processor for a core
    }
    return cores.isEmpty() ? available : Math.min(cores.size(), available);
  }
}
