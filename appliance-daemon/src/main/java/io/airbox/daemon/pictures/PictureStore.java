package io.airbox.daemon.pictures;

import io.airbox.daemon.storage.DurableFiles;
import io.airbox.generation.GeneratedPicture;
import io.airbox.power.energy.Energy;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * The gallery: a folder per day (UTC), in it a PNG and a metadata file per picture. A picture is
 * there when its metadata file is: the PNG is written first and deleted last.
 *
 * <p>Thread-safe. One lock guards the index; changes of the files take turns under another, so that
 * reading the index never waits for the disk. One process at a time may have a gallery open, see
 * {@link DataLock}.
 */
public final class PictureStore implements PictureSink, Gallery {
  private static final int LARGEST_PAGE = 1000;

  private final Path folder;
  private final Retention retention;
  private final InstantSource clock;
  private final PictureEncoder encoder;
  private final List<String> findings;

  /** Held while files change; taken before {@link #lock}. */
  private final Object changes = new Object();

  private final Object lock = new Object();
  // guarded by the lock
  private final NavigableMap<PictureId, StoredFiles> index;
  private long bytes;

  /** As far as they are known: a picture of an earlier run tells its owner when it is asked. */
  private final Map<PictureId, String> owners = new ConcurrentHashMap<>();

  private PictureStore(
      Path folder,
      Retention retention,
      InstantSource clock,
      PictureEncoder encoder,
      GalleryScan scan) {
    this.folder = folder;
    this.retention = retention;
    this.clock = clock;
    this.encoder = encoder;
    this.findings = List.copyOf(scan.findings());
    this.index = scan.pictures();
    this.bytes = index.values().stream().mapToLong(StoredFiles::bytes).sum();
  }

  /**
   * Opens the gallery in a folder, which is made if it is not there: removes what a crash left half
   * written, skips and reports what is not ours, and applies the retention.
   *
   * @param folder {@code DATA/history}
   * @throws PictureStoreException {@code STORAGE_FAULT} if the folder cannot be made or listed
   */
  public static PictureStore open(Path folder, Retention retention, InstantSource clock) {
    return open(folder, retention, clock, PictureFile::encode);
  }

  static PictureStore open(
      Path folder, Retention retention, InstantSource clock, PictureEncoder encoder) {
    try {
      DurableFiles.createFolder(folder);
      PictureStore store =
          new PictureStore(folder, retention, clock, encoder, GalleryScan.of(folder));
      store.findings.forEach(finding -> Logger.warn("Gallery: {}", finding));
      store.retain(null);
      return store;
    } catch (IOException failure) {
      throw new PictureStoreException(
          PictureStoreException.Reason.STORAGE_FAULT,
          "the gallery " + folder + " cannot be opened: " + failure,
          failure);
    }
  }

  /**
   * {@inheritDoc} Older pictures then go as the retention says.
   *
   * @throws IllegalArgumentException the id is not {@code <job>-<index>} of digits and lower-case
   *     letters
   */
  @Override
  public void save(
      String id, String job, String owner, GeneratedPicture picture, Optional<Energy> energy) {
    PictureId name =
        PictureId.parse(id)
            .orElseThrow(() -> new IllegalArgumentException("not a picture's id: " + id));
    Instant created = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    byte[] png = encoder.encode(picture, energy);
    StoredPicture stored =
        new StoredPicture(
            id,
            job,
            owner,
            created,
            png.length,
            picture.image().width(),
            picture.image().height(),
            picture.settings(),
            picture.engine(),
            picture.packDigest(),
            picture.timings().total() / 1e9,
            energy,
            picture.warnings());
    synchronized (changes) {
      StoredFiles files = write(name, png, PictureMetadata.write(stored), created);
      synchronized (lock) {
        StoredFiles replaced = index.put(name, files);
        bytes += files.bytes() - (replaced == null ? 0 : replaced.bytes());
        owners.put(name, owner);
      }
      retain(name);
    }
  }

  /** The pictures of some owners only. */
  public Gallery of(Predicate<String> owns) {
    return new OwnGallery(this, owns);
  }

  @Override
  public Optional<StoredPicture> find(String id) {
    return files(id).flatMap(PictureStore::metadata);
  }

  @Override
  public List<StoredPicture> list(int limit, @Nullable String before) {
    return list(limit, before, owner -> true);
  }

  List<StoredPicture> list(int limit, @Nullable String before, Predicate<String> owns) {
    if (limit < 1 || limit > LARGEST_PAGE) {
      throw new IllegalArgumentException("limit must be 1…" + LARGEST_PAGE + ", was " + limit);
    }
    List<StoredPicture> page = new ArrayList<>();
    PictureId last = before == null ? null : requireId(before);
    while (page.size() < limit) {
      Map.Entry<PictureId, StoredFiles> next = nextOlder(last);
      if (next == null) {
        break;
      }
      last = next.getKey();
      String owner = owners.get(last);
      if (owner == null || owns.test(owner)) {
        Optional<StoredPicture> picture = metadata(next.getValue());
        remember(last, picture);
        picture.filter(each -> owns.test(each.owner())).ifPresent(page::add);
      }
    }
    return page;
  }

  /** Who asked for a picture; empty when there is none of that id, or when that is unreadable. */
  Optional<String> owner(String id) {
    Optional<PictureId> name = PictureId.parse(id);
    Optional<StoredFiles> files = files(id);
    if (name.isEmpty() || files.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(owner(name.get(), files.get())).filter(owner -> !owner.isEmpty());
  }

  /** As {@link #owner(String)}, as far as that is known without the disk. */
  Optional<String> knownOwner(String id) {
    return PictureId.parse(id).map(owners::get);
  }

  /** Empty when it is unreadable. */
  private String owner(PictureId id, StoredFiles files) {
    String known = owners.get(id);
    return known != null ? known : remember(id, metadata(files));
  }

  private String remember(PictureId id, Optional<StoredPicture> picture) {
    // few owners have many pictures
    String owner = picture.map(StoredPicture::owner).orElse("").intern();
    synchronized (lock) {
      if (index.containsKey(id)) {
        owners.put(id, owner);
      }
    }
    return owner;
  }

  @Override
  public Size size() {
    synchronized (lock) {
      return new Size(index.size(), bytes);
    }
  }

  Size size(Predicate<String> owns) {
    List<Map.Entry<PictureId, StoredFiles>> all;
    synchronized (lock) {
      all = List.copyOf(index.entrySet());
    }
    int pictures = 0;
    long own = 0;
    for (Map.Entry<PictureId, StoredFiles> entry : all) {
      if (owns.test(owner(entry.getKey(), entry.getValue()))) {
        pictures++;
        own += entry.getValue().bytes();
      }
    }
    return new Size(pictures, own);
  }

  @Override
  public Optional<Path> file(String id) {
    return files(id).map(StoredFiles::image);
  }

  @Override
  public Optional<Path> fileNow(String id) {
    return file(id);
  }

  /**
   * A picture's PNG; empty when there is none of that id.
   *
   * @throws PictureStoreException {@code CORRUPT} if it is there but cannot be read
   */
  public Optional<byte[]> png(String id) {
    Optional<Path> file = file(id);
    if (file.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Files.readAllBytes(file.get()));
    } catch (NoSuchFileException deletedMeanwhile) {
      return Optional.empty();
    } catch (IOException failure) {
      throw new PictureStoreException(
          PictureStoreException.Reason.CORRUPT, file.get() + " cannot be read", failure);
    }
  }

  @Override
  public boolean delete(String id) {
    Optional<PictureId> name = PictureId.parse(id);
    synchronized (changes) {
      Optional<StoredFiles> files = files(id);
      if (name.isEmpty() || files.isEmpty()) {
        return false;
      }
      try {
        remove(name.get(), files.get());
        return true;
      } catch (IOException failure) {
        throw new PictureStoreException(
            PictureStoreException.Reason.STORAGE_FAULT,
            "picture " + id + " cannot be deleted: " + failure,
            failure);
      }
    }
  }

  /** Pictures kept. */
  public int count() {
    synchronized (lock) {
      return index.size();
    }
  }

  /** Bytes of all their files. */
  public long bytes() {
    synchronized (lock) {
      return bytes;
    }
  }

  /** What opening found that was not a whole picture, as sentences; empty when all was well. */
  public List<String> findings() {
    return findings;
  }

  private StoredFiles write(PictureId id, byte[] png, byte[] metadata, Instant created) {
    Path day = folder.resolve(LocalDate.ofInstant(created, ZoneOffset.UTC).toString());
    Path imageFile = day.resolve(id + GalleryScan.PNG);
    Path metadataFile = day.resolve(id + GalleryScan.METADATA);
    try {
      if (!Files.isDirectory(day)) {
        DurableFiles.createFolder(day);
        DurableFiles.flushFolder(folder);
      }
      try {
        DurableFiles.write(imageFile, png, created);
        DurableFiles.write(metadataFile, metadata, created);
        DurableFiles.flushFolder(day);
      } catch (IOException failure) {
        DurableFiles.deleteAfter(failure, metadataFile, imageFile);
        throw failure;
      }
    } catch (IOException failure) {
      throw notKept(id, png.length + metadata.length, failure);
    }
    return new StoredFiles(imageFile, metadataFile, png.length, metadata.length, created);
  }

  private PictureStoreException notKept(PictureId id, long needed, IOException failure) {
    long free = free();
    String text = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
    boolean full = text.contains("no space left") || text.contains("quota");
    if (full || (free >= 0 && free < needed)) {
      return new PictureStoreException(
          PictureStoreException.Reason.DISK_FULL,
          "picture "
              + id
              + " could not be kept: the file system of "
              + folder
              + " is full ("
              + (free < 0 ? "free space unknown" : free + " bytes free")
              + ", "
              + needed
              + " needed); make room there or let the gallery keep less",
          failure);
    }
    return new PictureStoreException(
        PictureStoreException.Reason.STORAGE_FAULT,
        "picture " + id + " could not be kept in " + folder + ": " + failure,
        failure);
  }

  /** Usable bytes, or −1 when that cannot be told. */
  private long free() {
    try {
      return Files.getFileStore(folder).getUsableSpace();
    } catch (IOException unknown) {
      return -1;
    }
  }

  /** Whether a text has the form of a picture's id. */
  public static boolean isId(String text) {
    return PictureId.parse(text).isPresent();
  }

  private PictureId requireId(String id) {
    return PictureId.parse(id)
        .orElseThrow(() -> new IllegalArgumentException("before: not a picture's id: " + id));
  }

  private Map.@Nullable Entry<PictureId, StoredFiles> nextOlder(@Nullable PictureId than) {
    synchronized (lock) {
      return than == null ? index.lastEntry() : index.lowerEntry(than);
    }
  }

  private Optional<StoredFiles> files(String id) {
    Optional<PictureId> name = PictureId.parse(id);
    synchronized (lock) {
      return name.map(index::get);
    }
  }

  private static Optional<StoredPicture> metadata(StoredFiles files) {
    try {
      return Optional.of(PictureMetadata.read(Files.readAllBytes(files.metadata())));
    } catch (NoSuchFileException deletedMeanwhile) {
      return Optional.empty();
    } catch (IOException corrupt) {
      Logger.warn("Gallery: {} is left out: {}", files.metadata(), corrupt.getMessage());
      return Optional.empty();
    }
  }

  /** Deletes the oldest pictures until age and size are as wanted, but never {@code spared}. */
  private void retain(@Nullable PictureId spared) {
    Instant oldest = clock.instant().minus(retention.age());
    for (Map.Entry<PictureId, StoredFiles> entry : excess(oldest)) {
      if (entry.getKey().equals(spared)) {
        continue;
      }
      try {
        remove(entry.getKey(), entry.getValue());
        Logger.debug("Gallery: {} went, as the retention says", entry.getKey());
      } catch (IOException failure) {
        Logger.warn("Gallery: {} should go but cannot: {}", entry.getKey(), failure.toString());
      }
    }
  }

  private List<Map.Entry<PictureId, StoredFiles>> excess(Instant oldest) {
    List<Map.Entry<PictureId, StoredFiles>> excess = new ArrayList<>();
    synchronized (lock) {
      long left = bytes;
      for (Map.Entry<PictureId, StoredFiles> entry : index.entrySet()) {
        if (left <= retention.bytes() && !entry.getValue().created().isBefore(oldest)) {
          break;
        }
        excess.add(Map.entry(entry.getKey(), entry.getValue()));
        left -= entry.getValue().bytes();
      }
    }
    return excess;
  }

  private void remove(PictureId id, StoredFiles files) throws IOException {
    Files.deleteIfExists(files.metadata());
    synchronized (lock) {
      index.remove(id);
      owners.remove(id);
      bytes -= files.bytes();
    }
    Files.deleteIfExists(files.image());
    Path day = files.image().getParent();
    if (day != null && !day.equals(folder)) {
      try {
        Files.delete(day);
      } catch (DirectoryNotEmptyException inUse) {
        // other pictures of that day
      }
    }
  }
}
