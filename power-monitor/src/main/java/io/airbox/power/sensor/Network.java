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

/** What goes in and out of each network interface but the loopback. */
final class Network implements Probe {
  private static final String FILE = "proc/net/dev";
  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final int MOST = 32;

  /** Bytes are the first of eight columns of receive, then the first of transmit. */
  private static final Pattern LINE =
      Pattern.compile("(?m)^\\s*([^\\s:]{1,15}):\\s*(\\d{1,18})(?:\\s+\\d+){7}\\s+(\\d{1,18})\\s");

  private final SystemFiles files;
  private final Ticker ticker;
  private Map<String, Counter> counters = new HashMap<>();

  Network(SystemFiles files, Ticker ticker) {
    this.files = files;
    this.ticker = ticker;
  }

  @Override
  public String name() {
    return "network";
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
    Name names = new Name();
    Matcher line = LINE.matcher(text.text().orElse(""));
    while (line.find() && found.size() < 2 * MOST) {
      if (!line.group(1).equals("lo")) {
        String id = "network." + names.unique(line.group(1));
        found.add(rate(id + ".received", line.group(2), now, present));
        found.add(rate(id + ".sent", line.group(3), now, present));
      }
    }
    counters = present;
    return Findings.of(found);
  }

  private Measurement rate(String id, String bytes, long now, Map<String, Counter> present) {
    Counter counter = counters.getOrDefault(id, new Counter());
    present.put(id, counter);
    OptionalDouble rate = counter.rate(Long.parseLong(bytes), now);
    return Measurement.of(id, Unit.BYTES_PER_SECOND, rate, FILE, "needs two readings");
  }
}
