package io.airbox.hwtests.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.airbox.daemon.telemetry.Telemetry;
import io.airbox.power.Ticker;
import io.airbox.power.sensor.Sensors;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Looks at all sensors of a recorded machine once in a second, as the daemon does, with history,
 * energy and thermal policy behind it. Prints a line for each stretch: how many looks, nanoseconds
 * of processor time of the whole process, bytes that its threads allocated, readings in a look.
 *
 * <p>Arguments: {@code SYSROOT WARM_UP_SECONDS STRETCHES SECONDS_EACH}.
 */
public final class TelemetryCost {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Telemetry telemetry;
  private final Map<Long, Long> allocatedBefore = new HashMap<>();
  private long due = System.nanoTime();

  private TelemetryCost(Telemetry telemetry) {
    this.telemetry = telemetry;
  }

  public static void main(String... arguments) throws Exception {
    Path folder = Files.createTempDirectory("telemetry-cost");
    try (Telemetry telemetry =
        Telemetry.open(
            new Telemetry.Settings(PAUSE, Duration.ofHours(1), 24 << 20),
            Sensors.of(Path.of(arguments[0]), Ticker.SYSTEM),
            folder,
            Ticker.SYSTEM,
            InstantSource.system())) {
      TelemetryCost cost = new TelemetryCost(telemetry);
      cost.stretch(Integer.parseInt(arguments[1]));
      for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
        System.out.println(cost.stretch(Integer.parseInt(arguments[3])));
      }
    }
  }

  private String stretch(int looks) throws InterruptedException {
    allocated();
    long cpu = SYSTEM.getProcessCpuTime();
    long bytes = 0;
    for (int i = 0; i < looks; i++) {
      due += PAUSE.toNanos();
      Thread.sleep(Math.max(0, Duration.ofNanos(due - System.nanoTime()).toMillis()));
      telemetry.look();
      bytes += allocated();
    }
    return String.format(
        Locale.ROOT,
        "%d %d %d %d",
        looks,
        SYSTEM.getProcessCpuTime() - cpu,
        bytes,
        telemetry.sample().readings().size());
  }

  /** Bytes since the last call, by threads that live. Asking allocates a little itself. */
  private long allocated() {
    long sum = 0;
    for (long id : THREADS.getAllThreadIds()) {
      long now = THREADS.getThreadAllocatedBytes(id);
      if (now >= 0) {
        Long before = allocatedBefore.put(id, now);
        sum += now - (before == null ? 0 : before);
      }
    }
    return sum;
  }
}
