package io.airbox.power.sensor;

import io.airbox.power.Unit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The CPU's use, clock and load, and how long the system has run. */
final class Processor implements Probe {
  private static final String STAT = "proc/stat";
  private static final String LOAD = "proc/loadavg";
  private static final String CLOCK = "sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq";
  private static final Duration PERIOD = Duration.ofSeconds(1);

  /** user nice system idle iowait irq softirq steal, in ticks; guests are in user already. */
  private static final Pattern TICKS =
      Pattern.compile(
          "^cpu +(\\d{1,18}) (\\d{1,18}) (\\d{1,18}) (\\d{1,18}) (\\d{1,18}) (\\d{1,18}) (\\d{1,18})"
              + " (\\d{1,18})");

  private static final int IDLE = 4;
  private static final int WAITING = 5;
  private static final int LAST = 8;
  private static final Pattern CORE = Pattern.compile("(?m)^cpu\\d+ ");
  private static final Pattern AVERAGE = Pattern.compile("^(\\d{1,6}\\.\\d{1,4}) ");
  private static final double KILO = 1e3;
  private static final double MOST_HERTZ = 2e10;

  private final SystemFiles files;
  private long lastAll = -1;
  private long lastIdle;

  Processor(SystemFiles files) {
    this.files = files;
  }

  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public Duration period() {
    return PERIOD;
  }

  @Override
  public Findings read() {
    List<Measurement> found = new ArrayList<>();
    FileText stat = files.read(STAT);
    found.add(use(stat));
    long cores = CORE.matcher(stat.text().orElse("")).results().count();
    found.add(
        Measurement.of(
            "cpu.count",
            Unit.COUNT,
            cores > 0 ? OptionalDouble.of((double) cores) : OptionalDouble.empty(),
            STAT,
            stat.odd()));
    FileText load = files.read(LOAD);
    Matcher average = AVERAGE.matcher(load.text().orElse(""));
    found.add(
        average.find()
            ? Measurement.of(
                "cpu.load", Unit.COUNT, Double.parseDouble(average.group(1)), load.source())
            : Measurement.unknown("cpu.load", Unit.COUNT, load.source(), load.odd()));
    // virtual machines and some kernels have no file for it
    FileText clock = files.read(CLOCK);
    if (clock.text().isPresent()) {
      found.add(clock.number("cpu.clock", Unit.HERTZ, 1 / KILO, 1, MOST_HERTZ));
    }
    found.add(Uptime.measurement(files.read(Uptime.FILE)));
    return Findings.of(found);
  }

  private Measurement use(FileText stat) {
    Matcher ticks = TICKS.matcher(stat.text().orElse(""));
    if (!ticks.find()) {
      return Measurement.unknown("cpu.use", Unit.RATIO, STAT, stat.odd());
    }
    long all = 0;
    for (int i = 1; i <= LAST; i++) {
      all += Long.parseLong(ticks.group(i));
    }
    long idle = Long.parseLong(ticks.group(IDLE)) + Long.parseLong(ticks.group(WAITING));
    long grown = all - lastAll;
    long rested = idle - lastIdle;
    boolean usable = lastAll >= 0 && grown > 0 && rested >= 0 && rested <= grown;
    lastAll = all;
    lastIdle = idle;
    return usable
        ? Measurement.of("cpu.use", Unit.RATIO, 1 - (double) rested / grown, STAT)
        : Measurement.unknown("cpu.use", Unit.RATIO, STAT, "needs two readings");
  }
}
