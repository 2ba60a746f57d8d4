package io.airbox.ota.store;

import io.airbox.ota.UpdateException;
import io.airbox.ota.UpdateException.Reason;
import io.airbox.ota.release.Release;
import io.airbox.ota.release.ReleaseFile;
import io.airbox.ota.store.Journal.Step;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A release on its way into a slot: {@link #fetch}, then {@link #beginTrial} and a look whether it
 * works, then {@link #commit} or {@link #reject}. Until it is committed, what was current stays so.
 * Each step may be repeated, and is found again after a power cut.
 *
 * <p>Thread-safe; a step that comes while another runs is refused with {@code BUSY}.
 */
public final class Installation {
  private final ModelStore store;
  private final Blobs blobs;
  private final StoreFiles files;
  private final Release release;
  private volatile Journal journal;
  private boolean working;
  private boolean over;

  /** Hears how far fetching is. */
  @FunctionalInterface
  public interface Progress {
    /**
     * Bytes came, or were here.
     *
     * @param here bytes of the release that are here
     * @param all how many it has; files with the same content count once
     * @param file which of its files they are of
     */
    void fetched(long here, long all, ReleaseFile file);
  }

  private interface Work {
    void run() throws IOException, InterruptedException;
  }

  Installation(ModelStore store, Blobs blobs, StoreFiles files, Release release, Journal journal) {
    this.store = store;
    this.blobs = blobs;
    this.files = files;
    this.release = release;
    this.journal = journal;
  }

  /** The pack's name. */
  public String pack() {
    return journal.pack();
  }

  /** Pack and version. */
  public String name() {
    return journal.pack() + " " + journal.next().version();
  }

  /** What is installed. */
  public Release release() {
    return release;
  }

  /** Where it was said to come from. */
  public String place() {
    return journal.next().place();
  }

  Journal journal() {
    return journal;
  }

  /** The name of its folder. */
  public String edition() {
    return journal.next().edition();
  }

  boolean isOf(String pack, String edition) {
    return pack().equals(pack) && edition().equals(edition);
  }

  /** Whether all files are here, so that {@link #fetch} has nothing to do. */
  public boolean isFetched() {
    return journal.step() != Step.FETCH;
  }

  /** How often it was tried. More than none before the first trial: the box stopped meanwhile. */
  public int trials() {
    return journal.trials();
  }

  /** The pack's folder, whole once {@link #isFetched}. */
  public Path folder() {
    return files.folder(pack(), edition());
  }

  /**
   * Brings what is missing and makes the pack's folder.
   *
   * @throws UpdateException the source has not what was signed; {@code BUSY}
   * @throws IOException the source or the disk fails now; what came is kept
   * @throws InterruptedException the thread was interrupted; what came is kept
   */
  public void fetch(FileSource source, Progress progress) throws IOException, InterruptedException {
    alone(
        () -> {
          if (journal.step().isEnd()) {
            throw ending();
          }
          if (isFetched() && blobs.isAssembled(release, folder())) {
            return;
          }
          long all = Blobs.distinct(release).stream().mapToLong(ReleaseFile::size).sum();
          long before = 0;
          for (ReleaseFile file : Blobs.distinct(release)) {
            long sum = before;
            blobs.obtain(file, source, here -> progress.fetched(sum + here, all, file));
            before += file.size();
          }
          if (!blobs.isAssembled(release, folder())) {
            blobs.assemble(release, folder());
          }
          journal = store.advance(journal.at(Step.STAGED));
        });
  }

  /**
   * Has on the disk that it will be tried now, so that a box which does not survive that takes it
   * back in the end.
   *
   * @throws IllegalStateException its files are not all here
   */
  public void beginTrial() throws IOException {
    quickly(
        () -> {
          requireFetched();
          journal = store.advance(journal.tried());
        });
  }

  /**
   * Makes it current; what was is {@code previous} then. It is remembered as taken.
   *
   * @throws IllegalStateException its files are not all here
   */
  public void commit() throws IOException {
    quickly(
        () -> {
          if (journal.step() != Step.COMMIT) {
            requireFetched();
          }
          finish(Step.COMMIT);
        });
  }

  /** Takes it back, because it does not work; what is not another's goes. */
  public void reject() throws IOException {
    quickly(() -> finish(Step.REJECT));
  }

  /** Calls it off; what was fetched stays until the room is needed. */
  public void cancel() throws IOException {
    quickly(() -> finish(Step.CANCEL));
  }

  private UpdateException ending() {
    return new UpdateException(
        Reason.BUSY,
        name()
            + (journal.step() == Step.COMMIT
                ? " is becoming current already; roll back afterwards"
                : " is being taken back already"));
  }

  private void requireFetched() {
    if (journal.step().isEnd()) {
      throw ending();
    }
    if (!isFetched()) {
      throw new IllegalStateException(name() + " is not fetched");
    }
  }

  private void finish(Step step) throws IOException {
    if (journal.step().isEnd() && journal.step() != step) {
      throw ending();
    }
    journal = journal.at(step);
    store.end(journal);
    synchronized (this) {
      over = true;
    }
  }

  private void quickly(Work work) throws IOException {
    try {
      alone(work);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e); // only fetching waits
    }
  }

  private void alone(Work work) throws IOException, InterruptedException {
    synchronized (this) {
      if (over) {
        throw new UpdateException(Reason.NOT_THERE, name() + " is not being installed any more");
      }
      if (working) {
        throw new UpdateException(Reason.BUSY, name() + " is busy with a step already");
      }
      working = true;
    }
    try {
      work.run();
    } finally {
      synchronized (this) {
        working = false;
      }
    }
  }
}
