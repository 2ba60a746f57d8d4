package io.airbox.daemon.updates;

import io.airbox.daemon.pictures.StorageReason;
import io.airbox.daemon.tpu.LoadedPacks;
import io.airbox.daemon.updates.Progress.Phase;
import io.airbox.daemon.updates.UpdateEntry.End;
import io.airbox.generation.GenerationException;
import io.airbox.generation.memory.MemoryReport;
import io.airbox.generation.memory.PackMemory;
import io.airbox.ota.UpdateException;
import io.airbox.ota.UpdateException.Reason;
import io.airbox.ota.download.DownloadListener;
import io.airbox.ota.download.DownloadOptions;
import io.airbox.ota.download.Time;
import io.airbox.ota.release.BoxFacts;
import io.airbox.ota.store.Disk;
import io.airbox.ota.store.FileSource;
import io.airbox.ota.store.Installed;
import io.airbox.ota.store.ModelStore;
import io.airbox.ota.store.Sacrifice;
import io.airbox.ota.store.StoredPack;
import io.airbox.ota.update.Authorities;
import io.airbox.ota.update.Outcome;
import io.airbox.ota.update.StoreUpdates;
import io.airbox.ota.update.Trial;
import io.airbox.ota.update.Update;
import io.airbox.ota.update.UpdateListener;
import io.airbox.ota.update.Updates;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * The packs that are installed by signed release. Updates that begin with an address or a path are
 * led to their end by a thread of its own, and after a restart too; what others begin through
 * {@link Updates} is theirs to lead, and is told and remembered here all the same.
 *
 * <p>Nothing is touched before the first release comes. A models folder that cannot be a store, or
 * is another process's, refuses updates with words and nothing else. Thread-safe; blocking.
 */
public final class UpdateDesk implements Updates, AutoCloseable {
  /** Bytes that stay free. */
  private static final long RESERVE = 64L << 20;

  private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(30);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(15);
  private static final Duration UNLOADING = Duration.ofMinutes(2);
  private static final Duration CLOSING = Duration.ofSeconds(20);
  private static final Duration LOOK_AT_RATE = Duration.ofSeconds(1);

  /** How much a new second counts against those before. */
  private static final double WEIGHT = 0.3;

  private final Path models;
  private final Box box;
  private final Trial trial;
  private final LoadedPacks packs;
  private final DownloadOptions options;
  private final Time time;
  private final UpdateHistory history;
  private final Teller teller = new Teller();
  private final Thread worker;

  // guarded by this
  private @Nullable ModelStore store;
  private @Nullable StoreUpdates updates;
  private @Nullable Update wanted;
  private @Nullable String reload;
  private boolean closing;

  /**
   * Whose releases this box takes, and what it is.
   *
   * @param facts as it is now
   * @param floor a time that has passed for sure
   */
  public record Box(Authorities authorities, Supplier<BoxFacts> facts, Instant floor) {}

  private UpdateDesk(
      Path models,
      Box box,
      Trial trial,
      LoadedPacks packs,
      DownloadOptions options,
      Time time,
      UpdateHistory history) {
    this.models = models;
    this.box = box;
    this.trial = trial;
    this.packs = packs;
    this.options = options;
    this.time = time;
    this.history = history;
    this.worker = new Thread(this::work, "airbox-updates");
    worker.setDaemon(true);
  }

  /**
   * Takes up what was under way, if there was anything.
   *
   * @param models the folder that packs are installed in
   * @param data where the history is kept
   * @param trial tries packs before they answer
   * @param packs what is in memory
   * @throws IOException the history cannot be read
   */
  public static UpdateDesk open(
      Path models,
      Path data,
      Box box,
      Trial trial,
      LoadedPacks packs,
      DownloadOptions options,
      Time time)
      throws IOException {
    UpdateHistory history = UpdateHistory.open(data.resolve("updates").resolve("history.json"));
    UpdateDesk desk = new UpdateDesk(models, box, trial, packs, options, time, history);
    box.authorities().notes().forEach(note -> Logger.warn("{}", note));
    desk.worker.start();
    desk.resume();
    return desk;
  }

  private void resume() {
    try {
      if (!Files.exists(models.resolve(".store"))) {
        return; // no release was ever installed
      }
      opened()
          .underWay()
          .filter(update -> update.isFetched() || UpdatePlace.isKnown(update.place()))
          .ifPresent(
              update -> {
                Logger.info("{} is gone on with", name(update));
                lead(update);
              });
    } catch (UpdateException | IOException e) {
      Logger.warn("models cannot be installed by release: {}", e.getMessage());
    }
  }

  /**
   * The store, opened when it is first needed.
   *
   * @throws UpdateException it is another process's, damaged, or on an unsuitable disk
   */
  private synchronized StoreUpdates opened() throws IOException {
    StoreUpdates known = updates;
    if (known != null) {
      return known;
    }
    if (closing) {
      throw new UpdateException(Reason.BUSY, "this program is about to end");
    }
    Files.createDirectories(models);
    ModelStore opened = ModelStore.open(models, Disk.real(), this::running, RESERVE);
    opened.notes().forEach(note -> Logger.warn("{}", note));
    opened.ended().forEach(this::remember);
    StoreUpdates fresh =
        new StoreUpdates(
            opened,
            new StoreUpdates.Box(box.authorities()::list, box.facts(), box.floor()),
            (place, release) ->
                UpdatePlace.source(place, release, options, teller, time, box.floor()),
            trial,
            teller,
            time);
    store = opened;
    updates = fresh;
    return fresh;
  }

  private void remember(ModelStore.Ended ended) {
    End end =
        switch (ended.ending()) {
          case COMMITTED -> End.INSTALLED;
          case CANCELLED -> End.CANCELLED;
          case REJECTED -> End.TAKEN_BACK;
        };
    history.add(time.instant(), ended.pack(), ended.version(), ended.place(), end, ended.why());
  }

  private ModelStore store() throws IOException {
    if (!Files.exists(models.resolve(".store"))) {
      throw new UpdateException(Reason.NOT_THERE, "no pack was installed by release in " + models);
    }
    opened();
    synchronized (this) {
      if (store == null) {
        throw new IllegalStateException("opened without a store");
      }
      return store;
    }
  }

  /** Folders that the engine has open: those whose manifest it has loaded. */
  private Set<Path> running() {
    return StoreLayout.folders(models, packs.report().map(MemoryReport::packs).orElse(List.of()));
  }

  // ---- what others ask

  @Override
  public Update begin(byte[] envelope, FileSource source, Sacrifice allowed) throws IOException {
    return opened().begin(envelope, source, allowed);
  }

  @Override
  public Optional<Update> underWay() {
    synchronized (this) {
      if (updates == null) {
        return Optional.empty();
      }
      return updates.underWay();
    }
  }

  @Override
  public List<StoredPack> packs() throws IOException {
    return ModelStore.look(models);
  }

  /** Whose releases this box takes. */
  public Authorities authorities() {
    return box.authorities();
  }

  /**
   * Begins an update, or goes on with it, and leads it to its end in the background.
   *
   * @param place address or absolute path of the release's document, or of the folder with it
   * @param allowed what may be let go to make room
   * @return the update, as {@code pack}, {@code version}, {@code bytes}; whether it is {@code
   *     installed} already; and the {@code last} number of the history, after which it will appear
   * @throws IllegalArgumentException the place is neither an address nor an absolute path
   * @throws UpdateException every refusal; nothing was begun
   * @throws IOException the place or the disk cannot be read or written
   */
  public JsonObject install(String place, Sacrifice allowed)
      throws IOException, InterruptedException {
    UpdatePlace from = UpdatePlace.parse(place);
    long last = history.last();
    byte[] document;
    try {
      document = from.document(options, time, box.floor());
    } catch (IOException e) {
      throw new UpdateException(
          Reason.UNREACHABLE, "no release in " + place + ": " + StorageReason.of(e), e);
    }
    StoreUpdates all = opened();
    Update update = all.begin(document, from.files(), allowed);
    boolean underWay = all.underWay().isPresent();
    if (underWay) {
      lead(update);
    }
    return new JsonObject()
        .put("pack", update.pack())
        .put("version", update.version())
        .put("bytes", update.release().bytes())
        .put("installed", !underWay)
        .put("last", last);
  }

  /**
   * Calls off what is under way.
   *
   * @throws UpdateException {@code NOT_THERE}, {@code BUSY}
   */
  public void cancel() throws IOException {
    underWay()
        .orElseThrow(() -> new UpdateException(Reason.NOT_THERE, "no update is under way"))
        .cancel();
  }

  /**
   * Lets the previous release of a pack answer again, and the present one become the previous.
   *
   * @throws UpdateException {@code NOT_THERE}, {@code BUSY}
   */
  public JsonObject rollBack(String pack) throws IOException {
    Installed now = store().rollBack(pack);
    history.add(time.instant(), pack, now.version(), null, End.ROLLED_BACK, null);
    refresh(pack);
    return UpdateJson.of(now);
  }

  /**
   * Removes a pack that was installed by release. One of the same name that came with the software
   * answers again.
   *
   * @throws UpdateException {@code NOT_THERE}, {@code BUSY}
   */
  public void remove(String pack) throws IOException, InterruptedException {
    ModelStore from = store();
    String version =
        from.packs().stream()
            .filter(each -> each.name().equals(pack))
            .map(StoredPack::current)
            .flatMap(Stream::ofNullable)
            .map(Installed::version)
            .findFirst()
            .orElse("");
    if (isLoaded(pack)) {
      try {
        packs.unload(pack, UNLOADING);
      } catch (TimeoutException e) {
        throw new UpdateException(Reason.BUSY, pack + " is in use: " + e.getMessage(), e);
      } catch (GenerationException e) {
        Logger.debug("{} was not unloaded: {}", pack, e.getMessage());
      }
    }
    from.remove(pack);
    history.add(time.instant(), pack, version, null, End.REMOVED, null);
  }

  /** What is under way and what came of what was; {@link UpdateJson} tells the form. */
  public JsonObject show() {
    Update update = underWay().or(teller::ending).orElse(null);
    return UpdateJson.show(update, update == null ? null : teller.progress(), history);
  }

  /** What came of updates, the oldest first. */
  public List<UpdateEntry> history() {
    return history.oldestFirst();
  }

  /** Has something run whenever an update or a pack came to an end; it must not block. */
  public void onEnd(Runnable action) {
    history.onAdd(action);
  }

  /** The installed packs with their slots; {@link UpdateJson} tells the form. */
  public JsonObject slots() throws IOException {
    return UpdateJson.slots(models, packs());
  }

  // ---- leading

  private synchronized void lead(Update update) {
    wanted = update;
    notifyAll();
  }

  private synchronized void drop(Update update) {
    if (update.equals(wanted)) {
      wanted = null;
    }
  }

  private synchronized void refresh(String pack) {
    if (isLoaded(pack)) {
      reload = pack;
      notifyAll();
    }
  }

  private boolean isLoaded(String pack) {
    return packs.report().map(MemoryReport::packs).orElse(List.of()).stream()
        .map(PackMemory::name)
        .anyMatch(pack::equals);
  }

  private void work() {
    try {
      while (true) {
        Update update;
        String pack;
        synchronized (this) {
          while (wanted == null && reload == null && !closing) {
            wait();
          }
          if (closing) {
            return;
          }
          update = wanted;
          pack = reload;
          reload = null;
        }
        if (pack != null) {
          load(pack);
        } else if (update != null) {
          goOn(update);
        }
      }
    } catch (InterruptedException close) {
      Logger.debug("updates end");
    }
  }

  private void goOn(Update update) throws InterruptedException {
    for (int failures = 1; ; failures++) {
      try {
        update.fetch((here, all, file) -> {});
        update.activate();
        drop(update);
        return;
      } catch (UpdateException told) {
        Logger.debug("{}: {}", name(update), told.getMessage());
        drop(update);
        return;
      } catch (IOException | RuntimeException e) {
        Duration pause = pause(failures);
        String why = e instanceof IOException io ? StorageReason.of(io) : e.toString();
        Logger.warn("{} waits for {}: {}", name(update), pause, why);
        teller.waitsFor(why, pause);
        if (!rest(update, pause)) {
          return;
        }
      }
    }
  }

  private static Duration pause(int failures) {
    Duration pause = SHORTEST_PAUSE.multipliedBy(1L << Math.min(failures - 1, 10));
    return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
  }

  /**
   * Waits, or until somebody asks for it again.
   *
   * @return whether it is still to be led
   */
  private synchronized boolean rest(Update update, Duration pause) throws InterruptedException {
    long end = System.nanoTime() + pause.toNanos();
    Update before = wanted;
    wanted = null; // asking again wakes up
    for (long left = pause.toMillis();
        left > 0 && wanted == null && !closing && underWay().filter(update::equals).isPresent();
        left = Duration.ofNanos(end - System.nanoTime()).toMillis()) {
      wait(left);
    }
    if (closing || underWay().filter(update::equals).isEmpty()) {
      return false;
    }
    wanted = wanted == null ? before : wanted;
    return update.equals(wanted);
  }

  private void load(String pack) throws InterruptedException {
    try {
      packs.load(pack, UNLOADING);
    } catch (TimeoutException | GenerationException e) {
      Logger.info("{} is loaded when it is asked for: {}", pack, e.getMessage());
    }
  }

  private static String name(Update update) {
    return update.pack() + " " + update.version();
  }

  /** Stops leading; what is under way is gone on with after the next start. */
  @Override
  public void close() throws IOException {
    synchronized (this) {
      closing = true;
      notifyAll();
    }
    worker.interrupt();
    try {
      worker.join(CLOSING.toMillis());
    } catch (InterruptedException stopWaiting) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      if (store != null) {
        store.close();
        store = null;
        updates = null;
      }
    }
  }

  /** Hears how all updates go, and remembers it. */
  private final class Teller implements UpdateListener, DownloadListener {
    // guarded by this
    private Progress now = new Progress(Phase.WAITING, Instant.EPOCH, 0, 0, 0, null, null);
    private long markNanos;
    private long markBytes;

    /** Until its end is remembered. */
    private @Nullable Update going;

    synchronized Progress progress() {
      return now;
    }

    /** One that is over in the store, and not in the history yet. */
    synchronized Optional<Update> ending() {
      return Optional.ofNullable(going);
    }

    private synchronized void over() {
      going = null;
    }

    synchronized void waitsFor(String why, Duration pause) {
      now =
          new Progress(
              Phase.WAITING,
              now.since(),
              now.here(),
              now.all(),
              0,
              why,
              time.instant().plus(pause));
    }

    @Override
    public synchronized void begun(Update update) {
      going = update;
      now =
          new Progress(Phase.FETCHING, time.instant(), 0, update.release().bytes(), 0, null, null);
      markNanos = 0;
      Logger.info("{} is fetched from {}", name(update), update.place());
    }

    @Override
    public synchronized void fetched(Update update, long here, long all) {
      going = update;
      long nanos = time.nanos();
      double rate = now.bytesPerSecond();
      if (now.phase() != Phase.FETCHING || markNanos == 0 || here < markBytes) {
        markNanos = nanos;
        markBytes = here;
        rate = 0;
      } else if (nanos - markNanos >= LOOK_AT_RATE.toNanos()) {
        double lately = (here - markBytes) * 1e9 / (nanos - markNanos);
        rate = rate == 0 ? lately : rate + WEIGHT * (lately - rate);
        markNanos = nanos;
        markBytes = here;
      }
      Instant since = now.since().equals(Instant.EPOCH) ? time.instant() : now.since();
      now = new Progress(Phase.FETCHING, since, here, all, rate, null, null);
    }

    @Override
    public synchronized void tried(Update update) {
      going = update;
      long all = update.release().bytes();
      now = new Progress(Phase.TRYING, now.since(), all, all, 0, null, null);
      Logger.info("{} is tried", name(update));
    }

    @Override
    public void ended(Update update, Outcome outcome) {
      if (outcome instanceof Outcome.TakenBack back) {
        Logger.warn("{} is taken back: {}", name(update), back.why());
        remember(update, End.TAKEN_BACK, back.why());
      } else {
        Logger.info("{} is installed", name(update));
        remember(update, End.INSTALLED, null);
        refresh(update.pack());
      }
    }

    @Override
    public void refused(Update update, UpdateException refusal) {
      Logger.warn("{} is refused: {}", name(update), refusal.getMessage());
      remember(update, End.REFUSED, refusal.getMessage());
    }

    @Override
    public void calledOff(Update update) {
      Logger.info("{} is called off", name(update));
      remember(update, End.CANCELLED, null);
      drop(update);
      synchronized (UpdateDesk.this) {
        UpdateDesk.this.notifyAll();
      }
    }

    private void remember(Update update, End end, @Nullable String why) {
      history.add(time.instant(), update.pack(), update.version(), update.place(), end, why);
      over();
    }

    @Override
    public void trouble(String what) {
      Logger.info("update: {}", what);
    }

    @Override
    public void waits(String why, Duration pause) {
      waitsFor(why, pause);
    }
  }
}
