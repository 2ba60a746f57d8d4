package io.airbox.hwtests.hawkbit;

import io.airbox.ota.UpdateException;
import io.airbox.ota.download.DownloadOptions;
import io.airbox.ota.download.Time;
import io.airbox.ota.hawkbit.HawkBit;
import io.airbox.ota.hawkbit.HawkBitOptions;
import io.airbox.ota.hawkbit.HawkBitState;
import io.airbox.ota.hawkbit.Token;
import io.airbox.ota.release.BoxFacts;
import io.airbox.ota.release.Release;
import io.airbox.ota.store.Disk;
import io.airbox.ota.store.Installed;
import io.airbox.ota.store.ModelStore;
import io.airbox.ota.store.Sacrifice;
import io.airbox.ota.trust.AuthorityKeys;
import io.airbox.ota.update.Outcome;
import io.airbox.ota.update.StoreUpdates;
import io.airbox.ota.update.Trial;
import io.airbox.ota.update.Update;
import io.airbox.ota.update.UpdateListener;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A box without a daemon: a store, its updates and their hawkBit client. Instead of an engine
 * somebody reads the pack: one whose {@code pack.json} says {@code bad} does not work.
 */
final class FleetBox implements AutoCloseable {
  private static final Instant FLOOR = Instant.parse("2026-11-23T00:00:00Z");

  private final String name;
  private final ModelStore store;
  private final StoreUpdates updates;
  private final HawkBit hawkBit;
  private final Thread thread;
  private final List<String> log = new CopyOnWriteArrayList<>();

  /**
   * Starts one.
   *
   * @param folder of the box; what is there is gone on with
   * @param bytesPerSecond how fast it fetches, 0 for any rate
   */
  FleetBox(
      String name, URI server, String token, Path folder, AuthorityKeys keys, long bytesPerSecond)
      throws IOException {
    this.name = name;
    Path models = Files.createDirectories(folder.resolve("models"));
    Path journal = Files.createDirectories(folder.resolve("hawkbit"));
    Path tokenFile = Files.writeString(folder.resolve("token"), token + "\n");
    store = ModelStore.open(models, Disk.real(), Set::of, 0);
    updates =
        new StoreUpdates(
            store,
            new StoreUpdates.Box(
                () -> List.of(keys),
                () ->
                    new BoxFacts(
                        null, null, Set.of("onnx"), OptionalLong.empty(), OptionalLong.empty()),
                FLOOR),
            (place, release) -> Optional.empty(),
            new Reader(),
            new Deaf(),
            Time.system());
    hawkBit =
        new HawkBit(
            new HawkBitOptions(
                server,
                "DEFAULT",
                name,
                DownloadOptions.USUAL.withPlainHttp(true).withRate(bytesPerSecond),
                Sacrifice.NOTHING,
                true),
            Token.ofTarget(tokenFile),
            new HawkBit.Box(updates, () -> Map.of("soc", "BM1684X", "serial", name), log::add),
            journal,
            Disk.real(),
            Time.system(),
            new SplittableRandom(name.hashCode()),
            FLOOR,
            task -> new Thread(task, name + "-update").start());
    thread =
        new Thread(
            () -> {
              try {
                hawkBit.run();
              } catch (InterruptedException end) {
                // closed
              }
            },
            name);
    thread.start();
  }

  HawkBitState state() {
    return hawkBit.state();
  }

  void pollNow() {
    hawkBit.pollNow();
  }

  List<String> log() {
    return List.copyOf(log);
  }

  boolean isIdle() {
    return updates.underWay().isEmpty();
  }

  /** The version that answers, {@code none} without one. */
  String answering() throws IOException {
    return updates.packs().stream().map(pack -> version(pack.current())).findFirst().orElse("none");
  }

  private static String version(@Nullable Installed current) {
    return current == null ? "none" : current.version();
  }

  @Override
  public void close() throws IOException {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    store.close();
  }

  @Override
  public String toString() {
    return name + " " + hawkBit.state() + "\n" + String.join("\n", log);
  }

  private static final class Reader implements Trial {
    @Override
    public Attempt prepare(Release release, Path folder) {
      return new Attempt() {
        @Override
        public Verdict run() throws IOException {
          return Files.readString(folder.resolve("pack.json")).contains("bad")
              ? new Verdict.Failed("it says that it is bad")
              : new Verdict.Passed();
        }

        @Override
        public void close() {}
      };
    }
  }

  private static final class Deaf implements UpdateListener {
    @Override
    public void begun(Update update) {}

    @Override
    public void fetched(Update update, long here, long all) {}

    @Override
    public void tried(Update update) {}

    @Override
    public void ended(Update update, Outcome outcome) {}

    @Override
    public void refused(Update update, UpdateException refusal) {}

    @Override
    public void calledOff(Update update) {}
  }
}
