package io.airbox.power.sensor;

import io.airbox.power.Ticker;
import io.airbox.power.Unit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is read from and written to each disk, without its partitions. */
final class Disks implements Probe {
  private static final String FILE = "proc/diskstats";
  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final int MOST = 16;

  /** The kernel counts these, whatever the disk has. */
  private static final long SECTOR = 512;

  /** major minor name, reads merged sectors ms, writes merged sectors. */
  private static final Pattern LINE =
      Pattern.compile(
          "(?m)^\\s*\\d+\\s+\\d+ (mmcblk\\d{1,3}|nvme\\d{1,3}n\\d{1,3}|[sv]d[a-z]{1,3})"
              + " \\d+ \\d+ (\\d{1,15}) \\d+ \\d+ \\d+ (\\d{1,15}) ");

  private final SystemFiles files;
  private final Ticker ticker;
  private Map<String, Counter> counters = new HashMap<>();

  Disks(SystemFiles files, Ticker ticker) {
    this.files = files;
    this.ticker = ticker;
  }

  @Override
  public String name() {
    return "disks";
  }

  @Override
  public Duration period() {
    return PERIOD;
  }

  @Override
  public Findings read() {
    FileText text = files.read(FILE);
    long now = ticker.nanos();
    List<Measurement> found = new ArrayList<>();
    Map<String, Counter> present = new HashMap<>();
    Matcher line = LINE.matcher(text.text().orElse(""));
    while (line.find() && found.size() < 2 * MOST) {
      String id = "disk." + line.group(1);
      found.add(rate(id + ".read", line.group(2), now, present));
      found.add(rate(id + ".written", line.group(3), now, present));
    }
    counters = present;
    return Findings.of(found);
  }

  private Measurement rate(String id, String sectors, long now, Map<String, Counter> present) {
    Counter counter = counters.getOrDefault(id, new Counter());
    present.put(id, counter);
    OptionalDouble rate = counter.rate(Long.parseLong(sectors) * SECTOR, now);
    return Measurement.of(id, Unit.BYTES_PER_SECOND, rate, FILE, "needs two readings");
  }
}
