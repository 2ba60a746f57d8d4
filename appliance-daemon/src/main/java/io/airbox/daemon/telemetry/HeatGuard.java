package io.airbox.daemon.telemetry;

import io.airbox.daemon.jobs.JobQueue;
import io.airbox.daemon.jobs.Restraint;
import io.airbox.daemon.tpu.LoadedPacks;
import io.airbox.generation.GenerationException;
import io.airbox.generation.memory.MemoryReport;
import io.airbox.generation.memory.PackMemory;
import io.airbox.power.thermal.Decision;
import io.airbox.power.thermal.ThermalState;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.tinylog.Logger;

/**
 * Does to the work what heat demands. Warm: fewer jobs may wait and run, and they rest after each
 * step. Hot: the running one ends with longer rests, the others wait. Critical: it is cancelled,
 * packs leave the memory, and no job is taken. Packs that were pinned come back with the first
 * state in which jobs start. What has to be waited for is done on a thread of its own.
 */
public final class HeatGuard implements Telemetry.Listener, AutoCloseable {
  /** A cancelled picture ends within a step. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final JobQueue jobs;
  private final int places;
  private final LoadedPacks packs;
  private final Consumer<Duration> pace;
  private final ThreadPoolExecutor thread;
  private final AtomicBoolean working = new AtomicBoolean();

  /** Those that come back; belongs to the thread. */
  private final Set<String> pinned = new LinkedHashSet<>();

  private volatile boolean pinsWait;
  private ThermalState state = ThermalState.NORMAL;

  /**
   * A guard that has seen nothing and allows everything.
   *
   * @param places how many jobs the queue holds
   * @param pace is told how long to rest after each step; returns at once
   */
  public HeatGuard(JobQueue jobs, int places, LoadedPacks packs, Consumer<Duration> pace) {
    this.jobs = jobs;
    this.places = places;
    this.packs = packs;
    this.pace = pace;
    this.thread =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread made = new Thread(task, "airbox-heat");
              made.setDaemon(true);
              return made;
            });
  }

  @Override
  public void looked(Telemetry.Look look) {
    Decision heat = look.heat();
    ThermalState now = heat.state();
    jobs.restrain(restraint(heat));
    if (now != state) {
      tell(heat);
      state = now;
      pace.accept(now.stepRest());
    }
    // again with each look: somebody may have loaded something, or an unloading may have failed
    if (now.cancelsJobs()) {
      jobs.cancelRunning("cancelled, for " + heat.reason());
      if (!loaded().isEmpty()) {
        work(this::unload);
      }
    } else if (now.startsJobs() && pinsWait) {
      work(this::pinAgain);
    }
  }

  private Restraint restraint(Decision heat) {
    int half = Math.max(1, places / 2);
    return switch (heat.state()) {
      case NORMAL -> Restraint.NONE;
      case WARM -> new Restraint(heat.state().id(), 1, half, heat.reason());
      case HOT -> new Restraint(heat.state().id(), 0, half, heat.reason());
      case CRITICAL -> new Restraint(heat.state().id(), 0, 0, heat.reason());
    };
  }

  private static void tell(Decision heat) {
    switch (heat.state()) {
      case NORMAL -> Logger.info("It has cooled down: jobs run as usual");
      case WARM -> Logger.info("It is warm, jobs rest between steps: {}", heat.reason());
      case HOT -> Logger.warn("It is hot, jobs wait: {}", heat.reason());
      case CRITICAL ->
          Logger.error("It is too hot, jobs are cancelled and refused: {}", heat.reason());
    }
  }

  private List<PackMemory> loaded() {
    return packs.report().map(MemoryReport::packs).orElse(List.of());
  }

  /** An order to whoever holds the packs. */
  @FunctionalInterface
  private interface Order {
    void give(String pack) throws InterruptedException, TimeoutException;
  }

  private void work(Runnable task) {
    if (working.compareAndSet(false, true)) {
      thread.execute(
          () -> {
            try {
              task.run();
            } finally {
              working.set(false);
            }
          });
    }
  }

  private void unload() {
    for (PackMemory pack : loaded()) {
      if (order(pack.name(), "unloaded", name -> packs.unload(name, PATIENCE)) && pack.pinned()) {
        pinned.add(pack.name());
        pinsWait = true;
      }
    }
  }

  private void pinAgain() {
    for (String each : List.copyOf(pinned)) {
      order(each, "pinned again", name -> packs.pin(name, true, PATIENCE));
    }
    pinned.clear();
    pinsWait = false;
  }

  private static boolean order(String pack, String what, Order order) {
    try {
      order.give(pack);
      Logger.info("The pack {} is {}", pack, what);
      return true;
    } catch (GenerationException | TimeoutException e) {
      Logger.warn("The pack {} is not {}: {}", pack, what, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
