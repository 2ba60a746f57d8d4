package io.airbox.daemon.telemetry;

import io.airbox.power.Sample;
import io.airbox.power.Ticker;
import io.airbox.power.energy.EnergyMeter;
import io.airbox.power.history.MinuteCollector;
import io.airbox.power.history.RecentHistory;
import io.airbox.power.history.Span;
import io.airbox.power.sampling.Sampler;
import io.airbox.power.sensor.Probe;
import io.airbox.power.thermal.Decision;
import io.airbox.power.thermal.ThermalPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.tinylog.Logger;

/**
 * What the machine's sensors tell now and told before, what energy was used, and what heat allows.
 * The one reader of the sensors in the daemon: everybody else takes what it saw. {@link #look} is
 * for one thread at a time; everything else is for any and returns at once, but {@link #trend},
 * which may read the disk.
 */
public final class Telemetry implements AutoCloseable {
  /** How long a look waits for the slowest file; that one is stale then. */
  private static final Duration PATIENCE = Duration.ofMillis(300);

  /** The first look waits longer, for nothing is known before it; a file that hangs is unknown. */
  private static final Duration FIRST_PATIENCE = Duration.ofSeconds(3);

  /** Two readings of the power may be apart by this, or by two looks when those are rare. */
  private static final Duration LONGEST_GAP = Duration.ofSeconds(10);

  /** How long ago a job may have begun for its energy to be known. */
  private static final Duration ENERGY_KEPT = Duration.ofHours(2);

  /** What never changes or only counts up needs no curve. */
  private static final Pattern PLAIN =
      Pattern.compile("uptime|.*\\.(uptime|size|peak|count|resets)");

  private final Duration interval;
  private final Sampler sampler;
  private final RecentHistory recent;
  private final MinuteCollector minutes = new MinuteCollector(Telemetry::hasCurve);
  private final MinuteWriter disk;
  private final EnergyMeter energy;
  private final ThermalPolicy policy = new ThermalPolicy();
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private volatile Look last;

  /** Told of each look, on the thread that took it. Returns at once. */
  @FunctionalInterface
  public interface Listener {
    void looked(Look look);
  }

  /**
   * One look at all sensors.
   *
   * @param heat what it allows
   */
  public record Look(Sample sample, Decision heat) {}

  /**
   * Readings over a time.
   *
   * @param to the newest look
   * @param part how long each part is
   * @param series by their ids, each with the parts that have values, the oldest first
   */
  public record Trend(Instant from, Instant to, Duration part, Map<String, List<Span>> series) {}

  /**
   * Takes the first look.
   *
   * @param settings how often, and what is kept
   * @param folder where minutes are kept; made when it is not there
   * @throws InterruptedException while it looked
   */
  public static Telemetry open(
      Settings settings, List<Probe> probes, Path folder, Ticker ticker, InstantSource clock)
      throws InterruptedException {
    Sampler sampler = new Sampler(probes, ticker, clock, PATIENCE);
    try {
      return new Telemetry(settings, sampler, sampler.sample(FIRST_PATIENCE), folder);
    } catch (InterruptedException e) {
      sampler.close();
      throw e;
    }
  }

  /**
   * How the sensors are looked at.
   *
   * @param interval between two looks
   * @param recent how far back every look is kept in memory
   * @param historyBytes of the minutes on the disk
   */
  public record Settings(Duration interval, Duration recent, long historyBytes) {}

  private Telemetry(Settings settings, Sampler sampler, Sample first, Path folder) {
    this.interval = settings.interval();
    this.sampler = sampler;
    this.recent = new RecentHistory(looks(settings));
    this.disk = new MinuteWriter(folder, settings.historyBytes());
    Duration rare = interval.multipliedBy(2);
    this.energy =
        new EnergyMeter(rare.compareTo(LONGEST_GAP) > 0 ? rare : LONGEST_GAP, ENERGY_KEPT);
    this.last = take(first);
  }

  private static int looks(Settings settings) {
    return (int) Math.max(1, settings.recent().dividedBy(settings.interval()));
  }

  private static boolean hasCurve(String id) {
    return !PLAIN.matcher(id).matches();
  }

  /** Between two looks. */
  public Duration interval() {
    return interval;
  }

  /**
   * Looks again.
   *
   * @throws InterruptedException nothing was taken
   */
  public void look() throws InterruptedException {
    Look look = take(sampler.sample());
    last = look;
    for (Listener listener : listeners) {
      try {
        listener.looked(look);
      } catch (RuntimeException e) {
        Logger.error(e, "A listener of the sensors failed");
      }
    }
  }

  private Look take(Sample sample) {
    recent.add(sample);
    energy.add(sample);
    minutes.add(sample).ifPresent(disk::add);
    return new Look(sample, policy.observe(sample));
  }

  /** The newest look. */
  public Look last() {
    return last;
  }

  /** What the sensors told last. */
  public Sample sample() {
    return last.sample();
  }

  /** Tells of each look from now on. */
  public void listen(Listener listener) {
    listeners.add(listener);
  }

  /** What the machine took. */
  public EnergyMeter energy() {
    return energy;
  }

  /** Why the past is not kept; empty while it is. */
  public Optional<String> flaw() {
    return disk.flaw();
  }

  /**
   * Readings over the last while: of each look as far as those are in memory, before that of
   * minutes. May read the disk.
   *
   * @param ids of readings; one that was never good has an empty series
   * @param parts how many parts there may be, at least 1
   * @throws IOException the disk cannot be read
   */
  public Trend trend(List<String> ids, Duration length, int parts) throws IOException {
    Map<String, Map<Instant, Span>> found = new LinkedHashMap<>();
    ids.forEach(id -> found.put(id, new TreeMap<>()));
    Instant to = recent.newest().plusNanos(1);
    Instant from = to.minus(length);
    Duration reach = recent.reach();
    if (reach.compareTo(length) < 0) {
      disk.spans(ids, from, to, to.minus(reach), parts)
          .forEach((id, spans) -> put(found.getOrDefault(id, Map.of()), spans));
    }
    found.forEach((id, spans) -> put(spans, recent.last(id, length, parts)));
    Map<String, List<Span>> series = new LinkedHashMap<>();
    found.forEach((id, spans) -> series.put(id, new ArrayList<>(spans.values())));
    return new Trend(from, to, Span.length(from, to, parts), series);
  }

  private static void put(Map<Instant, Span> found, List<Span> spans) {
    for (Span span : spans) {
      found.merge(
          span.start(),
          span,
          (before, now) ->
              new Span(before.start(), before.length(), before.summary().and(now.summary())));
    }
  }

  @Override
  public void close() throws IOException {
    sampler.close();
    disk.close();
  }
}
