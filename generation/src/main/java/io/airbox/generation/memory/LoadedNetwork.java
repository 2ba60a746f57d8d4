package io.airbox.generation.memory;

import io.airbox.generation.engine.Holding;
import io.airbox.generation.engine.Network;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** A network in memory, or on its way there, and how many packs use it. */
final class LoadedNetwork {
  /** Growth beyond the ledger up to this is taken for the network's own. */
  private static final long BLUR = 4L << 20;

  private final Wanted wanted;
  private final FutureTask<Network> loading;
  private int users;
  private OptionalLong growth = OptionalLong.empty();

  LoadedNetwork(Wanted wanted, FutureTask<Network> loading) {
    this.wanted = wanted;
    this.loading = loading;
  }

  NetworkKey key() {
    return wanted.key();
  }

  Wanted wanted() {
    return wanted;
  }

  boolean isShared() {
    return users > 1;
  }

  void used() {
    users++;
  }

  /** Whether nobody uses it any more. */
  boolean released() {
    users--;
    return users == 0;
  }

  /**
   * The network, once it is loaded. The wait goes on through interrupts, since a native load cannot
   * be stopped; the thread is interrupted again afterwards.
   *
   * @throws RuntimeException why it could not be loaded
   */
  Network await() {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return loading.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error fatal) {
        throw fatal;
      }
      throw (RuntimeException) e.getCause();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Whether it is there: loaded, not on its way and not failed. */
  boolean isLoaded() {
    return loading.isDone() && loads();
  }

  /** Waits, and says whether it could be loaded. */
  boolean loads() {
    try {
      await();
      return true;
    } catch (RuntimeException told) {
      return false; // whoever uses it is told
    }
  }

  /** What it holds; nothing before it is loaded. */
  List<Holding> holdings() {
    return isLoaded() ? await().holdings() : List.of();
  }

  long heldBytes() {
    return holdings().stream().mapToLong(Holding::bytes).sum();
  }

  long heldBytes(String heap) {
    return holdings().stream()
        .filter(holding -> holding.heap().equals(heap))
        .mapToLong(Holding::bytes)
        .sum();
  }

  /**
   * Says by how much the heaps grew while it was loaded. Other programs may have allocated or freed
   * meanwhile: what is less than it holds, or much more, is not believed.
   */
  void grew(long bytes) {
    long held = heldBytes();
    if (bytes >= held && bytes <= held + Math.max(BLUR, held / 4)) {
      growth = OptionalLong.of(bytes);
    }
  }

  /** By how much the heaps grew for it; empty when that is not known. */
  OptionalLong growth() {
    return growth;
  }

  /** What it took so far, by the books or by the driver. */
  long takenBytes() {
    return Math.max(heldBytes(), growth.orElse(0));
  }
}
