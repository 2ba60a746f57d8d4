package io.airbox.ota.store;

import io.airbox.ota.UpdateException;
import io.airbox.ota.UpdateException.Reason;
import io.airbox.ota.release.Release;
import io.airbox.ota.release.ReleaseCheck.Accepted;
import io.airbox.ota.release.ReleaseFile;
import io.airbox.ota.release.Taken;
import io.airbox.ota.signing.Envelope;
import io.airbox.ota.store.Journal.Step;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The packs that were installed by release, in a folder of models. Each has a slot {@code current},
 * which the link {@code MODELS/NAME} leads to, and a slot {@code previous}. Opening it finishes or
 * takes back what was interrupted; only an installation whose files are still to come, or which is
 * still to be proven, waits for its caller as {@link #underWay}.
 *
 * <p>Thread-safe; one process at a time. When a method throws an {@link IOException}, the store is
 * as before or one step on, and works on after it was opened anew.
 */
public final class ModelStore implements Closeable {
  /** How often a box may stop while a release is tried, before that is taken back. */
  public static final int MOST_TRIALS = 3;

  private final StoreFiles files;
  private final Disk disk;
  private final Blobs blobs;
  private final Supplier<Set<Path>> running;
  private final long reserve;
  private final StoreLock lock;
  private final List<String> notes = new ArrayList<>();
  private final List<Ended> ended = new ArrayList<>();
  private @Nullable Installation underWay;

  /** How an installation ended. */
  public enum Ending {
    /** It is current. */
    COMMITTED,
    /** It was called off. */
    CANCELLED,
    /** It was no good. */
    REJECTED
  }

  /**
   * An installation that an earlier process had under way, and that ended when the store was
   * opened.
   *
   * @param why a clause for people
   */
  public record Ended(String pack, String version, String place, Ending ending, String why) {}

  private ModelStore(
      StoreFiles files, Disk disk, Supplier<Set<Path>> running, long reserve, StoreLock lock) {
    this.files = files;
    this.disk = disk;
    this.blobs = new Blobs(files, disk);
    this.running = running;
    this.reserve = reserve;
    this.lock = lock;
  }

  /**
   * Opens a store, making it where there is none, and finishes what was interrupted.
   *
   * @param models folder of models; is there
   * @param running folders, as {@link Installation#folder} and links lead to them, that an engine
   *     has files of open
   * @param reserve bytes of the file system that stay free
   * @throws UpdateException {@code BUSY} when another process has it, {@code MALFORMED} when a
   *     document is damaged, {@code UNSUITABLE_DISK}
   * @throws IOException it cannot be read or written
   */
  public static ModelStore open(Path models, Disk disk, Supplier<Set<Path>> running, long reserve)
      throws IOException {
    StoreFiles files = new StoreFiles(models.toAbsolutePath().normalize(), disk);
    files.makeFolder(files.root());
    StoreLock lock = StoreLock.take(files.root().resolve("lock"));
    boolean open = false;
    try {
      makeFolders(files, disk);
      ModelStore store = new ModelStore(files, disk, running, reserve, lock);
      store.recover();
      open = true;
      return store;
    } finally {
      if (!open) {
        lock.close();
      }
    }
  }

  /**
   * The packs of a store that another process may be writing to; changes nothing.
   *
   * @throws UpdateException a document is damaged
   */
  public static List<StoredPack> look(Path models) throws IOException {
    return packs(new StoreFiles(models.toAbsolutePath().normalize(), Disk.real()));
  }

  private static void makeFolders(StoreFiles files, Disk disk) throws IOException {
    if (!Files.isDirectory(files.packs())) { // the last of them
      Path file = files.root().resolve("lock");
      Path link = files.root().resolve("link" + StoreFiles.UNFINISHED);
      disk.delete(link);
      try {
        disk.link(file, link);
      } catch (UnsupportedOperationException e) {
        throw new UpdateException(
            Reason.UNSUITABLE_DISK,
            files.models()
                + " is on a file system that has no hard links; name a folder on another one with"
                + " --models",
            e);
      }
      disk.delete(link);
    }
    files.makeFolder(files.blobs());
    files.makeFolder(files.parts());
    files.makeFolder(files.packs());
  }

  // ---- what there is

  /** The packs, by name. */
  public synchronized List<StoredPack> packs() throws IOException {
    return packs(files);
  }

  private static List<StoredPack> packs(StoreFiles files) throws IOException {
    List<StoredPack> packs = new ArrayList<>();
    for (String name : names(files)) {
      StoredPack.of(name, files.slotsOf(name)).ifPresent(packs::add);
    }
    return List.copyOf(packs);
  }

  private static List<String> names(StoreFiles files) throws IOException {
    return StoreFiles.list(files.packs()).stream()
        .filter(Files::isDirectory)
        .map(folder -> String.valueOf(folder.getFileName()))
        .toList();
  }

  /** The newest release of a pack that this box has had. */
  public synchronized Optional<Taken> taken(String pack) throws IOException {
    return Optional.ofNullable(files.slotsOf(pack).taken());
  }

  /** What was finished or taken back when the store was opened, in words. */
  public synchronized List<String> notes() {
    return List.copyOf(notes);
  }

  /** What ended when the store was opened. */
  public synchronized List<Ended> ended() {
    return List.copyOf(ended);
  }

  /** The installation that was begun and has not ended. */
  public synchronized Optional<Installation> underWay() {
    return Optional.ofNullable(underWay);
  }

  // ---- installing

  /**
   * Begins an installation, once there is room for it. One of the same release that is under way is
   * gone on with.
   *
   * @param envelope the release as it came
   * @param accepted that this box takes it
   * @param place where its files will come from; holds no secret
   * @param allowed what the owner lets go to make room
   * @param now the box's clock
   * @throws UpdateException {@code BUSY} while another is under way, {@code NO_ROOM} with figures
   *     and what could go, {@code NAME_TAKEN} when a pack of that name is not the store's
   * @throws IOException the disk fails; nothing is under way
   */
  public synchronized Installation begin(
      Envelope envelope, Accepted accepted, String place, Sacrifice allowed, Instant now)
      throws IOException {
    Release release = accepted.release();
    return begin(
        envelope,
        release,
        new Installed(
            Installed.edition(accepted),
            release.version(),
            release.counter(),
            accepted.mark().authority(),
            release.bytes(),
            place,
            now.toString(),
            true),
        accepted.mark(),
        allowed);
  }

  /**
   * Begins to bring back the files of {@code previous}, which were given up.
   *
   * @throws UpdateException {@code NOT_THERE}, and as {@link #begin}
   */
  public synchronized Installation beginReturn(String pack, String place, Sacrifice allowed)
      throws IOException {
    Slots slots = files.slotsOf(pack);
    Installed previous = slots.previous();
    Taken taken = slots.taken();
    if (previous == null || taken == null) {
      throw nothingBefore(pack);
    }
    Path text = files.release(pack, previous.edition());
    Envelope envelope = Envelope.parse(Files.readAllBytes(text), text.toString());
    return begin(
        envelope,
        Release.read(envelope.payload()),
        new Installed(
            previous.edition(),
            previous.version(),
            previous.counter(),
            previous.authority(),
            previous.bytes(),
            place,
            previous.since(),
            true),
        taken,
        allowed);
  }

  private Installation begin(
      Envelope envelope, Release release, Installed next, Taken mark, Sacrifice allowed)
      throws IOException {
    settle();
    if (underWay != null) {
      if (underWay.isOf(release.pack(), next.edition())) {
        giveUp(underWay.journal()); // where it failed before
        return underWay;
      }
      throw new UpdateException(
          Reason.BUSY, underWay.name() + " is being installed; wait for it, or cancel it");
    }
    refuseForeign(release.pack());
    Sacrifice needed = makeRoom(release, next, allowed);
    files.makeFolder(files.pack(release.pack()));
    Journal journal = new Journal(Journal.SPEC, release.pack(), next, mark, Step.FETCH, 0, needed);
    // before its text: a text that nothing refers to would take what it names along when it goes
    files.replace(files.journal(), journal);
    files.replace(files.release(release.pack(), next.edition()), envelope.json());
    Installation installation = new Installation(this, blobs, files, release, journal);
    underWay = installation;
    giveUp(journal);
    return installation;
  }

  private void refuseForeign(String pack) throws IOException {
    Path link = files.link(pack);
    if (Files.exists(link, LinkOption.NOFOLLOW_LINKS) && !isOurs(link)) {
      throw new UpdateException(
          Reason.NAME_TAKEN,
          link + " is a pack that was not installed by release; move it away to install this one");
    }
  }

  private static boolean isOurs(Path link) throws IOException {
    return Files.isSymbolicLink(link) && Files.readSymbolicLink(link).startsWith(StoreFiles.ROOT);
  }

  /** What has to go; throws when that is more than may. */
  private Sacrifice makeRoom(Release release, Installed next, Sacrifice allowed)
      throws IOException {
    long beyondFiles = Math.max(0, release.requires().diskBytes() - release.bytes());
    long need = blobs.missing(release) + beyondFiles + reserve;
    if (disk.room(files.root()) >= need) {
      return Sacrifice.NOTHING;
    }
    deleteUnreferenced(release);
    long room = disk.room(files.root());
    if (room >= need) {
      return Sacrifice.NOTHING;
    }
    Slots slots = files.slotsOf(release.pack());
    for (Sacrifice each : List.of(Sacrifice.PREVIOUS, Sacrifice.CURRENT)) {
      long freed = freedBy(release, next, slots, each);
      if (room + freed >= need) {
        if (each.compareTo(allowed) <= 0) {
          return each;
        }
        throw new UpdateException(
            Reason.NO_ROOM,
            String.format(
                Locale.ROOT,
                "%s %s needs %d bytes beside what is there, %s has %d free; with the files of %s"
                    + " given up, which would free %d, it fits. They could be fetched again from"
                    + " %s. Allow that, or make room",
                release.pack(),
                release.version(),
                need,
                files.models(),
                room,
                each == Sacrifice.PREVIOUS ? "the previous release" : "the present release",
                freed,
                placesOf(slots, each)));
      }
    }
    throw new UpdateException(
        Reason.NO_ROOM,
        String.format(
            Locale.ROOT,
            "%s %s needs %d bytes beside what is there, %s has %d free; make room, or name a folder"
                + " on another disk",
            release.pack(),
            release.version(),
            need,
            files.models(),
            room));
  }

  private static String placesOf(Slots slots, Sacrifice sacrifice) {
    Installed gone = sacrifice == Sacrifice.CURRENT ? slots.current() : slots.previous();
    return gone == null ? "nowhere" : gone.place();
  }

  private long freedBy(Release release, Installed next, Slots slots, Sacrifice sacrifice)
      throws IOException {
    Set<String> kept = new HashSet<>(digests(release));
    for (String name : names(files)) {
      Slots theirs = name.equals(release.pack()) ? slots.without(sacrifice) : files.slotsOf(name);
      for (Installed each : theirs.all().filter(Installed::present).toList()) {
        kept.addAll(digests(files.signedText(name, each.edition())));
      }
    }
    for (Edition each : runningEditions()) {
      kept.addAll(digests(files.signedText(each.pack(), each.name())));
    }
    Set<String> seen = new HashSet<>();
    long freed = 0;
    for (Installed each : slots.all().filter(Installed::present).toList()) {
      if (each.edition().equals(next.edition())) {
        continue;
      }
      for (ReleaseFile file : files.signedText(release.pack(), each.edition()).files()) {
        if (!kept.contains(file.sha256()) && seen.add(file.sha256())) {
          freed += file.size();
        }
      }
    }
    return freed;
  }

  /** Idempotent: it is called again for a journal that was found. */
  private void giveUp(Journal journal) throws IOException {
    if (journal.sacrifice() == Sacrifice.NOTHING || journal.step() != Step.FETCH) {
      return;
    }
    Slots slots = files.slotsOf(journal.pack());
    files.replace(files.slots(journal.pack()), slots.without(journal.sacrifice()));
    repairLink(journal.pack());
    collectSuperseded();
  }

  synchronized Journal advance(Journal journal) throws IOException {
    files.replace(files.journal(), journal);
    return journal;
  }

  /** Ends an installation in the way that its journal says. */
  synchronized void end(Journal journal) throws IOException {
    files.replace(files.journal(), journal);
    finish(journal);
  }

  /** Idempotent: what is done already is left. */
  private void finish(Journal journal) throws IOException {
    String pack = journal.pack();
    if (journal.step() == Step.COMMIT) {
      Slots slots = files.slotsOf(pack);
      if (!journal.next().equals(slots.current())) {
        files.replace(files.slots(pack), slots.with(journal.next(), journal.mark()));
      }
      repairLink(pack);
    } else if (journal.step() == Step.CANCEL && !isReferenced(pack, journal.next().edition())) {
      files.deleteTree(files.folder(pack, journal.next().edition()));
      files.forget(files.release(pack, journal.next().edition()));
    }
    files.forget(files.journal());
    underWay = null;
    collectSuperseded();
  }

  /** Finishes an installation whose end failed half way. */
  private void settle() throws IOException {
    if (underWay != null && underWay.journal().step().isEnd()) {
      finish(underWay.journal());
    }
  }

  private boolean isReferenced(String pack, String edition) throws IOException {
    return files.slotsOf(pack).all().anyMatch(each -> each.edition().equals(edition));
  }

  // ---- going back, going away

  /**
   * Makes {@code previous} current and the other way round.
   *
   * @throws UpdateException {@code NOT_THERE} when there is none, or its files were given up;
   *     {@code BUSY} while the pack is being installed
   */
  public synchronized Installed rollBack(String pack) throws IOException {
    settle();
    refuseBusy(pack);
    Slots slots = files.slotsOf(pack);
    Installed previous = slots.previous();
    if (previous == null) {
      throw nothingBefore(pack);
    }
    if (!previous.present()) {
      throw new UpdateException(
          Reason.NOT_THERE,
          "the files of "
              + pack
              + " "
              + previous.version()
              + " were given up to make room; they came from "
              + previous.place()
              + " and have to be fetched again");
    }
    files.replace(files.slots(pack), slots.swapped());
    repairLink(pack);
    return previous;
  }

  private static UpdateException nothingBefore(String pack) {
    return new UpdateException(
        Reason.NOT_THERE, "there is no previous release of " + pack + " to go back to");
  }

  /**
   * Removes a pack. That its releases up to the newest were here is remembered.
   *
   * @throws UpdateException {@code NOT_THERE}; {@code BUSY} while it is being installed or an
   *     engine has it open
   */
  public synchronized void remove(String pack) throws IOException {
    settle();
    refuseBusy(pack);
    Slots slots = files.slotsOf(pack);
    if (StoredPack.of(pack, slots).isEmpty()) {
      throw new UpdateException(
          Reason.NOT_THERE, "there is no pack " + pack + " that was installed by release");
    }
    for (Edition each : runningEditions()) {
      if (each.pack().equals(pack)) {
        throw new UpdateException(
            Reason.BUSY, pack + " " + each.name() + " is loaded; unload it first");
      }
    }
    files.replace(files.slots(pack), slots.emptied());
    repairLink(pack);
    collectSuperseded();
  }

  private void refuseBusy(String pack) {
    if (underWay != null && underWay.pack().equals(pack)) {
      throw new UpdateException(
          Reason.BUSY, underWay.name() + " is being installed; wait for it, or cancel it");
    }
  }

  // ---- garbage

  /**
   * Deletes what no slot, no installation and no engine needs, also what was fetched for
   * installations that were called off.
   *
   * @return bytes that were freed
   */
  public synchronized long collect() throws IOException {
    return collectSuperseded() + deleteUnreferenced(underWay == null ? null : underWay.release());
  }

  /**
   * Deletes editions that no slot needs any more, with files that are theirs alone. Their signed
   * texts go last, so that a later run finds what an interrupted one has left.
   */
  private long collectSuperseded() throws IOException {
    long freed = 0;
    Set<String> kept = keptDigests(null);
    Set<Edition> keptTexts = keptEditions(false);
    Set<Edition> keptFolders = keptEditions(true);
    for (String pack : names(files)) {
      for (Path file : StoreFiles.list(files.pack(pack))) {
        Optional<String> found = StoreFiles.editionOf(file);
        if (found.isEmpty() || keptFolders.contains(new Edition(pack, found.get()))) {
          continue;
        }
        Edition edition = new Edition(pack, found.get());
        Release release = files.signedText(pack, edition.name());
        Path folder = files.folder(pack, edition.name());
        boolean hadFolder = Files.exists(folder);
        files.deleteTree(folder);
        for (ReleaseFile each : Blobs.distinct(release)) {
          if (!kept.contains(each.sha256())) {
            freed += delete(files.blob(each.sha256()));
            freed += delete(files.part(each.sha256()));
          }
        }
        if (!keptTexts.contains(edition)) {
          files.forget(file);
        } else if (hadFolder) {
          disk.sync(files.pack(pack));
        }
      }
      if (StoreFiles.list(files.pack(pack)).isEmpty()) {
        files.forget(files.pack(pack));
      }
    }
    return freed;
  }

  /** Blobs, parts and folders that nothing refers to. */
  private long deleteUnreferenced(@Nullable Release also) throws IOException {
    Set<String> kept = keptDigests(also);
    long freed = 0;
    for (Path folder : List.of(files.blobs(), files.parts())) {
      for (Path file : StoreFiles.list(folder)) {
        String digest = String.valueOf(file.getFileName());
        boolean whole = folder.equals(files.parts()) && Files.exists(files.blob(digest));
        if (whole || !kept.contains(digest)) {
          freed += delete(file);
        }
      }
    }
    return freed;
  }

  private long delete(Path file) throws IOException {
    if (!Files.exists(file)) {
      return 0;
    }
    long size = Files.size(file);
    disk.delete(file);
    return size;
  }

  /** A release's place in the store. */
  private record Edition(String pack, String name) {}

  /**
   * @param withFiles only those whose files are needed, not those whose text is
   */
  private Set<Edition> keptEditions(boolean withFiles) throws IOException {
    Set<Edition> kept = new HashSet<>(runningEditions());
    for (String name : names(files)) {
      files
          .slotsOf(name)
          .all()
          .filter(each -> each.present() || !withFiles)
          .forEach(each -> kept.add(new Edition(name, each.edition())));
    }
    if (underWay != null) {
      kept.add(new Edition(underWay.pack(), underWay.edition()));
    }
    return kept;
  }

  private Set<String> keptDigests(@Nullable Release also) throws IOException {
    Set<String> kept = new HashSet<>();
    for (Edition each : keptEditions(true)) {
      kept.addAll(digests(files.signedText(each.pack(), each.name())));
    }
    if (also != null) {
      kept.addAll(digests(also));
    }
    return kept;
  }

  private static List<String> digests(Release release) {
    return release.files().stream().map(ReleaseFile::sha256).toList();
  }

  private Set<Edition> runningEditions() throws IOException {
    Set<Edition> editions = new HashSet<>();
    for (Path folder : running.get()) {
      Path real = Files.exists(folder) ? folder.toRealPath() : folder;
      Path root = files.packs().toRealPath();
      if (real.startsWith(root) && real.getNameCount() == root.getNameCount() + 2) {
        Path relative = root.relativize(real);
        Edition edition =
            new Edition(relative.getName(0).toString(), relative.getName(1).toString());
        if (Files.exists(files.release(edition.pack(), edition.name()))) {
          editions.add(edition);
        }
      }
    }
    return editions;
  }

  // ---- after a start

  private void recover() throws IOException {
    files.deleteTree(files.root().resolve("journal.json" + StoreFiles.UNFINISHED));
    for (String pack : names(files)) {
      for (Path each : StoreFiles.list(files.pack(pack))) {
        if (String.valueOf(each.getFileName()).endsWith(StoreFiles.UNFINISHED)) {
          files.deleteTree(each);
        }
      }
      try {
        repairLink(pack);
      } catch (UpdateException foreign) {
        notes.add(foreign.getMessage());
      }
    }
    Optional<Journal> found = StoreFiles.read(files.journal(), Journal.class);
    if (found.isPresent()) {
      goOn(found.get());
    }
    collectSuperseded();
  }

  private void goOn(Journal journal) throws IOException {
    if (Files.notExists(files.release(journal.pack(), journal.next().edition()))) {
      files.forget(files.journal()); // not begun yet, or called off already
      return;
    }
    Release release = files.signedText(journal.pack(), journal.next().edition());
    Installation installation = new Installation(this, blobs, files, release, journal);
    underWay = installation;
    switch (journal.step()) {
      case COMMIT, CANCEL, REJECT -> {
        finish(journal);
        notes.add(installation.name() + ": what was interrupted was finished");
        ended.add(ended(journal, "what was interrupted was finished"));
      }
      case TRIAL -> {
        if (journal.trials() >= MOST_TRIALS) {
          Journal rejected = journal.at(Step.REJECT);
          end(rejected);
          String why = "this box stopped " + journal.trials() + " times while it was tried";
          notes.add(installation.name() + " was taken back: " + why);
          ended.add(ended(rejected, why));
        }
      }
      case FETCH -> giveUp(journal);
      case STAGED -> {
        // waits to be tried
      }
    }
  }

  private static Ended ended(Journal journal, String why) {
    return new Ended(
        journal.pack(),
        journal.next().version(),
        journal.next().place(),
        switch (journal.step()) {
          case COMMIT -> Ending.COMMITTED;
          case CANCEL -> Ending.CANCELLED;
          default -> Ending.REJECTED;
        },
        why);
  }

  /** The link of a pack follows its slots. */
  private void repairLink(String pack) throws IOException {
    Path link = files.link(pack);
    Installed current = files.slotsOf(pack).current();
    if (current == null || !current.present()) {
      if (Files.exists(link, LinkOption.NOFOLLOW_LINKS) && isOurs(link)) {
        files.forget(link);
      }
      return;
    }
    Path target = StoreFiles.linkTarget(pack, current.edition());
    if (Files.isSymbolicLink(link) && Files.readSymbolicLink(link).equals(target)) {
      return;
    }
    refuseForeign(pack);
    Path unfinished = files.root().resolve("link" + StoreFiles.UNFINISHED);
    disk.delete(unfinished);
    disk.symbolicLink(unfinished, target);
    disk.move(unfinished, link);
    disk.sync(files.models());
  }

  /** Lets another process have it. An installation that is under way is found again. */
  @Override
  public void close() throws IOException {
    lock.close();
  }
}
