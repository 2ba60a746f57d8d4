package io.airbox.power.thermal;

import io.airbox.power.Quality;
import io.airbox.power.Reading;
import io.airbox.power.Sample;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Decides how much work the chip's heat allows. It gets hotter at once, to whatever state is
 * reached, but believes a critical temperature only when two readings tell it. It gets cooler by
 * one state at a time, when it has been below that state's limit by the kernel's hysteresis for a
 * while.
 *
 * <p>On a machine that is no box and whose chip the kernel does not slow down, all is normal. On a
 * box whose sensors do not tell how hot it is, it stays as hot as it was and is warm at least. For
 * one thread.
 */
public final class ThermalPolicy {
  /** How long it must be cool to be cooler: a picture's step, so that states do not alternate. */
  static final Duration COOL_FOR = Duration.ofSeconds(10);

  private static final String ZONE = "soc";
  private static final String SENSOR = "temperature.soc";

  /** Whole degrees, but by another way, when the zone does not tell. */
  private static final String SECOND_SENSOR = "temperature.controller-soc";

  private static final String THROTTLE = "throttle.level";
  private static final int LAST_STEP = 2;

  private Decision decision;
  private boolean began;
  private boolean criticalOnce;
  private long criticalReadAt;
  private boolean cooling;
  private long coolSince;

  /** One that has seen nothing and allows everything. */
  public ThermalPolicy() {
    decision = new Decision(ThermalState.NORMAL, 0, "");
  }

  /** The last decision. */
  public Decision decision() {
    return decision;
  }

  /** Decides by a sample, newer than those before. */
  public Decision observe(Sample sample) {
    if (!began) {
      began = true;
      decision = new Decision(ThermalState.NORMAL, sample.nanos(), "");
    }
    // only a box has this reading, whether it is known or not
    boolean box = sample.reading(SENSOR).isPresent();
    Optional<Limits> limits =
        Limits.of(sample.trips(), ZONE)
            .or(() -> box ? Optional.of(Limits.USUAL) : Optional.empty());
    if (limits.isEmpty()) {
      return decide(sample, ThermalState.NORMAL, "");
    }
    Reading told = good(sample, SENSOR).or(() -> good(sample, SECOND_SENSOR)).orElse(null);
    if (told == null) {
      cooling = false;
      ThermalState careful =
          ThermalState.WARM.isHotterThan(decision.state()) ? ThermalState.WARM : decision.state();
      return decide(sample, careful, "no sensor tells how hot the chip is");
    }
    double celsius = told.value().orElseThrow();
    ThermalState reached = hotter(reached(limits.get(), celsius, told, sample), throttled(sample));
    if (!decision.state().isHotterThan(reached)) {
      cooling = false;
      return decide(sample, reached, reason(limits.get(), reached, celsius));
    }
    return cool(sample, limits.get(), celsius, reached);
  }

  /** Critical only when a second reading says so too; until then hot. */
  private ThermalState reached(Limits limits, double celsius, Reading told, Sample sample) {
    ThermalState reached = limits.reached(celsius);
    long readAt = sample.nanos() - told.age().toNanos();
    if (reached != ThermalState.CRITICAL) {
      criticalOnce = false;
      return reached;
    }
    if (!criticalOnce) {
      criticalOnce = true;
      criticalReadAt = readAt;
    }
    return readAt - criticalReadAt > 0 ? ThermalState.CRITICAL : ThermalState.HOT;
  }

  /** The kernel itself slows the TPU down: it knows. */
  private static ThermalState throttled(Sample sample) {
    OptionalDouble level =
        good(sample, THROTTLE).map(Reading::value).orElse(OptionalDouble.empty());
    if (level.orElse(0) >= LAST_STEP) {
      return ThermalState.CRITICAL;
    }
    return level.orElse(0) > 0 ? ThermalState.HOT : ThermalState.NORMAL;
  }

  private static ThermalState hotter(ThermalState one, ThermalState other) {
    return one.isHotterThan(other) ? one : other;
  }

  private Decision cool(Sample sample, Limits limits, double celsius, ThermalState reached) {
    ThermalState state = decision.state();
    if (celsius > limits.of(state) - limits.hysteresis()) {
      cooling = false;
      return decide(sample, state, reason(limits, state, celsius));
    }
    if (!cooling) {
      cooling = true;
      coolSince = sample.nanos();
    }
    if (sample.nanos() - coolSince < COOL_FOR.toNanos()) {
      return decide(sample, state, reason(limits, state, celsius));
    }
    cooling = false;
    ThermalState cooler = hotter(state.cooler(), reached);
    return decide(sample, cooler, reason(limits, cooler, celsius));
  }

  private static String reason(Limits limits, ThermalState state, double celsius) {
    return String.format(
        Locale.ROOT,
        "the chip has %.1f °C; it is %s from %.0f °C on, until %.0f °C",
        celsius,
        state.id(),
        limits.of(state),
        limits.of(state) - limits.hysteresis());
  }

  private Decision decide(Sample sample, ThermalState state, String reason) {
    long since = state == decision.state() ? decision.sinceNanos() : sample.nanos();
    decision = new Decision(state, since, state == ThermalState.NORMAL ? "" : reason);
    return decision;
  }

  private static Optional<Reading> good(Sample sample, String id) {
    return sample.reading(id).filter(reading -> reading.quality() == Quality.GOOD);
  }
}
