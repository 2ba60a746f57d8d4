package io.airbox.generation.engine.onnx;

import io.airbox.generation.engine.HeapState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The machine's memory as Linux tells it; what can be had counts caches that can be dropped. */
final class MachineMemory {
  /** The name of this heap. */
  static final String HEAP = "ram";

  private static final Path MEMINFO = Path.of("/proc/meminfo");
  private static final int KIB = 1024;

  private MachineMemory() {}

  /** How full it is; empty where there is no {@code /proc/meminfo}. */
  static Optional<HeapState> state() {
    return state(MEMINFO);
  }

  static Optional<HeapState> state(Path meminfo) {
    String text;
    try {
      text = Files.readString(meminfo);
    } catch (IOException untold) {
      return Optional.empty();
    }
    OptionalLong total = bytes(text, "MemTotal");
    OptionalLong available = bytes(text, "MemAvailable");
    if (total.isEmpty() || available.isEmpty() || available.getAsLong() > total.getAsLong()) {
      return Optional.empty();
    }
    return Optional.of(
        new HeapState(
            HEAP,
            total.getAsLong(),
            total.getAsLong() - available.getAsLong(),
            available.getAsLong()));
  }

  private static OptionalLong bytes(String meminfo, String name) {
    Matcher line =
        Pattern.compile("^" + name + ":\\s+(\\d{1,15}) kB$", Pattern.MULTILINE).matcher(meminfo);
    return line.find()
        ? OptionalLong.of(Long.parseLong(line.group(1)) * KIB)
        : OptionalLong.empty();
  }
}
