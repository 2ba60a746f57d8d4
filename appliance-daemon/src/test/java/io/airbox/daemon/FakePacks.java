package io.airbox.daemon;

import io.airbox.daemon.tpu.LoadedPacks;
import io.airbox.generation.GenerationException;
import io.airbox.generation.engine.DeviceState;
import io.airbox.generation.engine.Holding;
import io.airbox.generation.memory.HeapMemory;
import io.airbox.generation.memory.MemoryReport;
import io.airbox.generation.memory.NetworkMemory;
import io.airbox.generation.memory.PackMemory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;

/**
 * Packs in the memory of a make-believe TPU with one heap of 1000 bytes, of which others have 100.
 * A pack takes 400 bytes; one that is pinned does not go for another.
 */
public final class FakePacks implements LoadedPacks {
  public static final Instant AT = Instant.parse("2026-11-23T10:00:00Z");

  private static final long SIZE = 400;

  private final Map<String, Boolean> pinned = new TreeMap<>();

  /** What the device says is wrong with it. */
  public volatile Optional<String> fault = Optional.empty();

  /** Whether a picture is being made, which orders wait for in vain. */
  public volatile boolean busy;

  public volatile String engine = "bm1684x";

  private long evictions;
  private long refusals;

  @Override
  public synchronized Optional<MemoryReport> report() {
    long ours = pinned.size() * SIZE;
    return Optional.of(
        new MemoryReport(
            AT,
            engine,
            new DeviceState(
                Optional.of("BM1684X"),
                OptionalInt.of(950),
                OptionalInt.empty(),
                Optional.of("0.5.1"),
                Optional.of("0.5.1"),
                fault),
            List.of(
                new HeapMemory(
                    "npu",
                    OptionalLong.of(1000),
                    OptionalLong.of(100 + ours),
                    OptionalLong.of(900 - ours),
                    ours,
                    ours)),
            pinned.entrySet().stream().map(each -> pack(each.getKey(), each.getValue())).toList(),
            OptionalLong.empty(),
            64,
            evictions,
            refusals));
  }

  private static PackMemory pack(String name, boolean pinned) {
    return new PackMemory(
        name,
        "1.0.0",
        "00".repeat(32),
        "bm1684x",
        pinned,
        false,
        SIZE,
        OptionalLong.empty(),
        AT,
        List.of(
            new NetworkMemory(
                "unet",
                "unet.bmodel",
                false,
                List.of(
                    new Holding("npu", "weights", 300), new Holding("npu", "activations", 100)))));
  }

  @Override
  public synchronized void load(String pack, Duration patience) throws TimeoutException {
    if (busy) {
      throw new TimeoutException("the engine was busy with other requests for 5 s");
    }
    if (pack.equals("none")) {
      throw new GenerationException(
          GenerationException.Reason.UNKNOWN_PACK, "there is no pack \"none\"");
    }
    if (pinned.containsKey(pack)) {
      return;
    }
    while ((pinned.size() + 1) * SIZE > 900) {
      Optional<String> other =
          pinned.keySet().stream().filter(each -> !pinned.get(each)).findFirst();
      if (other.isEmpty()) {
        refusals++;
        throw new GenerationException(
            GenerationException.Reason.OUT_OF_MEMORY,
            pack + " needs 400 bytes of the heap npu, 100 are free");
      }
      pinned.remove(other.get());
      evictions++;
    }
    pinned.put(pack, false);
  }

  @Override
  public synchronized void unload(String pack, Duration patience) throws TimeoutException {
    if (busy) {
      throw new TimeoutException("the engine was busy with other requests for 5 s");
    }
    pinned.remove(pack);
  }

  @Override
  public synchronized void pin(String pack, boolean pin, Duration patience)
      throws TimeoutException {
    if (pin) {
      load(pack, patience);
    }
    pinned.computeIfPresent(pack, (name, was) -> pin);
  }
}
