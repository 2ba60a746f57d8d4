package io.airbox.power.sensor;

import io.airbox.power.Unit;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/** The system's memory, without the TPU's heaps. */
final class Memory implements Probe {
  private static final String FILE = "proc/meminfo";
  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final double KIBI = 1024;
  private static final double MOST_BYTES = 1e15;

  private final SystemFiles files;

  Memory(SystemFiles files) {
    this.files = files;
  }

  private static final Pattern TOTAL = line("MemTotal");
  private static final Pattern AVAILABLE = line("MemAvailable");
  private static final Pattern SWAP = line("SwapTotal");
  private static final Pattern SWAP_FREE = line("SwapFree");

  private static Pattern line(String name) {
    return Pattern.compile("(?m)^" + name + ":\\s+(\\d{1,15}) kB$");
  }

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public Duration period() {
    return PERIOD;
  }

  @Override
  public Findings read() {
    FileText text = files.read(FILE);
    OptionalDouble swap = bytes(text, "", SWAP).value();
    OptionalDouble free = bytes(text, "", SWAP_FREE).value();
    boolean told = swap.isPresent() && free.isPresent() && free.getAsDouble() <= swap.getAsDouble();
    return Findings.of(
        List.of(
            bytes(text, "memory.size", TOTAL),
            bytes(text, "memory.available", AVAILABLE),
            Measurement.of(
                "memory.swap.used",
                Unit.BYTES,
                told
                    ? OptionalDouble.of(swap.getAsDouble() - free.getAsDouble())
                    : OptionalDouble.empty(),
                FILE,
                text.odd())));
  }

  private static Measurement bytes(FileText text, String id, Pattern line) {
    return text.number(id, Unit.BYTES, line, 1 / KIBI, 0, MOST_BYTES);
  }
}
