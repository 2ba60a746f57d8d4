package io.airbox.power.sensor;

import io.airbox.power.Ticker;
import io.airbox.power.Unit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * The power of a PC's processor, of its energy counters (RAPL). Most kernels let only root read
 * them.
 */
final class Rapl implements Probe {
  private static final String FOLDER = "sys/class/powercap";
  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final int MOST = 16;
  private static final double MICRO = 1e6;
  private static final double MOST_WATTS = 2000;
  private static final double MOST_COUNT = 1e18;

  private final SystemFiles files;
  private final Ticker ticker;
  private final Map<String, Counter> counters = new HashMap<>();

  Rapl(SystemFiles files, Ticker ticker) {
    this.files = files;
    this.ticker = ticker;
  }

  @Override
  public String name() {
    return "rapl";
  }

  @Override
  public Duration period() {
    return PERIOD;
  }

  @Override
  public Findings read() {
    List<Measurement> found = new ArrayList<>();
    Name names = new Name();
    // not intel-rapl-mmio: the same counters again
    for (String zone : files.children(FOLDER, "intel-rapl:*").stream().limit(MOST).toList()) {
      String folder = FOLDER + "/" + zone;
      String id = "power." + names.unique(files.read(folder + "/name").stripped());
      found.add(measurement(id, folder));
    }
    return Findings.of(found);
  }

  private Measurement measurement(String id, String folder) {
    FileText energy = files.read(folder + "/energy_uj");
    OptionalDouble count = energy.number(id, Unit.JOULES, 1, 0, MOST_COUNT).value();
    if (count.isEmpty()) {
      return Measurement.unknown(id, Unit.WATTS, energy.source(), energy.odd());
    }
    long most =
        (long)
            files
                .read(folder + "/max_energy_range_uj")
                .number("", Unit.JOULES, 1, 1, MOST_COUNT)
                .value()
                .orElse(0);
    OptionalDouble watts =
        counters
            .computeIfAbsent(id, each -> new Counter())
            .rate((long) count.getAsDouble(), ticker.nanos(), most);
    if (watts.isEmpty() || watts.getAsDouble() / MICRO > MOST_WATTS) {
      return Measurement.unknown(id, Unit.WATTS, energy.source(), "needs two readings");
    }
    return Measurement.of(id, Unit.WATTS, watts.getAsDouble() / MICRO, energy.source());
  }
}
