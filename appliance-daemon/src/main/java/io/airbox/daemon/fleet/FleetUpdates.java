package io.airbox.daemon.fleet;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbox.daemon.storage.DurableFiles;
import io.airbox.daemon.updates.UpdateDesk;
import io.airbox.daemon.updates.UpdateEntry;
import io.airbox.ota.store.Sacrifice;
import io.airbox.power.mqtt.Commands;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * Updates that the fleet orders, and what came of all updates, told once each: the number of the
 * last one told is on the disk. Has a thread of its own, for an order must not wait for a server.
 */
public final class FleetUpdates implements AutoCloseable {
  private final UpdateDesk desk;
  private final List<String> origins;
  private final Path toldFile;
  private final InstantSource clock;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread made = new Thread(task, "airbox-fleet-updates");
            made.setDaemon(true);
            return made;
          });
  private @Nullable Outcomes outcomes; // set once, before the thread has work
  private long told;

  /** Takes outcomes over for good. */
  @FunctionalInterface
  interface Outcomes {
    void take(String id, Instant at, ObjectNode outcome) throws IOException;
  }

  /**
   * For a box.
   *
   * @param origins scheme and authority of addresses that may be ordered
   * @param folder where it is kept what was told
   * @throws IOException the folder cannot be used
   */
  public FleetUpdates(UpdateDesk desk, List<String> origins, Path folder, InstantSource clock)
      throws IOException {
    this.desk = desk;
    this.origins = List.copyOf(origins);
    this.toldFile = folder.resolve("outcomes");
    this.clock = clock;
    DurableFiles.createFolder(folder);
    told = toldBefore();
  }

  /** What came before there was a broker to tell is of no interest. */
  private long toldBefore() throws IOException {
    try {
      return Long.parseLong(Files.readString(toldFile, StandardCharsets.US_ASCII).strip());
    } catch (NoSuchFileException | NumberFormatException none) {
      long last = desk.history().stream().mapToLong(UpdateEntry::number).max().orElse(0);
      remember(last);
      return last;
    }
  }

  private void remember(long number) throws IOException {
    DurableFiles.replace(toldFile, Long.toString(number).getBytes(StandardCharsets.US_ASCII));
  }

  /** Begins to tell. */
  void tell(Outcomes to) {
    outcomes = to;
    desk.onEnd(() -> later(this::carry));
    later(this::carry);
  }

  private void later(Runnable task) {
    try {
      thread.execute(task);
    } catch (RejectedExecutionException closed) {
      Logger.debug("The fleet is told after the next start");
    }
  }

  private void carry() {
    Outcomes to = outcomes;
    if (to == null) {
      return;
    }
    try {
      for (UpdateEntry entry : desk.history()) {
        if (entry.number() > told) {
          ObjectNode outcome =
              node(entry.outcome().id(), entry.pack(), entry.version(), entry.place(), entry.why());
          to.take(
              "update-" + entry.number() + "-" + entry.at().toEpochMilli(), entry.at(), outcome);
          remember(entry.number());
          told = entry.number();
        }
      }
    } catch (IOException e) {
      Logger.warn("What came of an update is told later: {}", e.getMessage());
    }
  }

  private static ObjectNode node(
      String outcome,
      @Nullable String pack,
      @Nullable String version,
      @Nullable String place,
      @Nullable String why) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("outcome", outcome)
        .put("pack", pack)
        .put("version", version)
        .put("place", place)
        .put("why", why);
  }

  /**
   * Begins what an order asks for, in the background.
   *
   * @param order with {@code address} and {@code nonce}
   * @throws Commands.RefusedException the address is not one of those that are allowed
   */
  void order(ObjectNode order) throws Commands.RefusedException {
    String address = order.path("address").asText();
    if (address.isEmpty()) {
      throw new Commands.RefusedException("the order has no \"address\" of a release");
    }
    requireAllowed(address);
    String nonce = order.path("nonce").asText();
    later(() -> begin(address, nonce));
  }

  private void requireAllowed(String address) throws Commands.RefusedException {
    String origin = origin(address);
    if (origin == null || !origins.contains(origin)) {
      throw new Commands.RefusedException(
          origins.isEmpty()
              ? "this box takes no updates by order (mqtt.update.origins)"
              : "the address is not below one of " + String.join(", ", origins));
    }
  }

  /** Scheme and authority, as they are compared; null when it is no such address. */
  static @Nullable String origin(String address) {
    try {
      URI uri = URI.create(address);
      boolean web =
          "https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme());
      return web && uri.getHost() != null && uri.getRawUserInfo() == null
          ? (uri.getScheme() + "://" + uri.getRawAuthority()).toLowerCase(Locale.ROOT)
          : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** What ends later is told by the desk; what does not even begin is told here. */
  private void begin(String address, String nonce) {
    Logger.info("The fleet orders an update from {}", address);
    String outcome = "refused";
    String pack = null;
    String version = null;
    String why = null;
    try {
      JsonObject begun = desk.install(address, Sacrifice.NOTHING);
      if (!begun.getBoolean("installed")) {
        return;
      }
      outcome = "installed";
      pack = begun.getString("pack");
      version = begun.getString("version");
      why = "it answered already";
    } catch (IOException | RuntimeException e) {
      why = e.getMessage() == null ? e.toString() : e.getMessage();
      Logger.warn("The update that the fleet ordered is refused: {}", why);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    Outcomes to = outcomes;
    if (to != null) {
      try {
        to.take(
            "update-order-" + nonce, clock.instant(), node(outcome, pack, version, address, why));
      } catch (IOException e) {
        Logger.warn("The fleet is not told that: {}", e.getMessage());
      }
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
