package io.airbox.daemon.cli;

import io.airbox.daemon.EngineSetup;
import io.airbox.daemon.Places;
import io.airbox.daemon.Version;
import io.airbox.daemon.config.DaemonConfig;
import io.airbox.daemon.pictures.DataLock;
import io.airbox.daemon.tpu.LoadedPacks;
import io.airbox.daemon.updates.BoxKind;
import io.airbox.daemon.updates.EngineTrial;
import io.airbox.daemon.updates.UpdateDesk;
import io.airbox.daemon.updates.UpdateJson;
import io.airbox.generation.memory.MemoryReport;
import io.airbox.ota.download.Time;
import io.airbox.ota.store.Disk;
import io.airbox.ota.store.Sacrifice;
import io.airbox.ota.trust.AuthorityKeys;
import io.airbox.ota.update.Authorities;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;

/** Those of this machine's folders, with the lock on DATA held. */
final class LocalModels implements ModelDesk {
  private final DataLock lock;
  private final UpdateDesk desk;

  private LocalModels(DataLock lock, UpdateDesk desk) {
    this.lock = lock;
    this.desk = desk;
  }

  /** Nothing is in memory: no picture is made meanwhile. */
  private static final class NoPacks implements LoadedPacks {
    @Override
    public Optional<MemoryReport> report() {
      return Optional.empty();
    }

    @Override
    public void load(String pack, Duration patience) {}

    @Override
    public void unload(String pack, Duration patience) {}

    @Override
    public void pin(String pack, boolean pinned, Duration patience) {}
  }

  /**
   * Takes the lock; what an earlier process left under way is gone on with.
   *
   * @throws io.airbox.daemon.pictures.DataLockedException another process works on the data
   */
  static LocalModels open(DaemonConfig config) throws IOException {
    Places places = Places.of(config.storage());
    DataLock lock = DataLock.acquire(places.data(), InstantSource.system());
    boolean open = false;
    try {
      EngineSetup engine = new EngineSetup(config, places);
      UpdateDesk desk =
          UpdateDesk.open(
              places.models().get(places.models().size() - 1),
              places.data(),
              new UpdateDesk.Box(
                  Authorities.open(places.trust(), places.data().resolve("trust"), Disk.real()),
                  () -> BoxKind.of(config.sysroot(), engine.engines(null)),
                  Version.built()),
              new EngineTrial(engine.runFolder("trial"), engine::start, null),
              new NoPacks(),
              config.updates().options(),
              Time.system());
      open = true;
      return new LocalModels(lock, desk);
    } finally {
      if (!open) {
        lock.close();
      }
    }
  }

  @Override
  public JsonObject updates() {
    return desk.show();
  }

  @Override
  public JsonObject install(String place, String letGo) throws IOException, InterruptedException {
    return desk.install(place, Sacrifice.valueOf(letGo.toUpperCase(Locale.ROOT)));
  }

  @Override
  public void cancel() throws IOException {
    desk.cancel();
  }

  @Override
  public JsonObject slots() throws IOException {
    return desk.slots();
  }

  @Override
  public JsonObject rollBack(String pack) throws IOException {
    return desk.rollBack(pack);
  }

  @Override
  public void remove(String pack) throws IOException, InterruptedException {
    desk.remove(pack);
  }

  @Override
  public JsonObject authorities() {
    return UpdateJson.of(desk.authorities());
  }

  @Override
  public JsonObject trust(byte[] document) throws IOException {
    AuthorityKeys keys = desk.authorities().add(document);
    return new JsonObject().put("authority", keys.authority()).put("version", keys.version());
  }

  @Override
  public void distrust(String authority) throws IOException {
    desk.authorities().remove(authority);
  }

  @Override
  public void close() throws IOException {
    try (lock) {
      desk.close();
    }
  }
}
