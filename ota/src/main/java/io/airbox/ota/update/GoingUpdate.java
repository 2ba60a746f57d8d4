package io.airbox.ota.update;

import io.airbox.ota.UpdateException;
import io.airbox.ota.UpdateException.Reason;
import io.airbox.ota.release.Release;
import io.airbox.ota.store.FileSource;
import io.airbox.ota.store.Installation;
import io.airbox.ota.store.ModelStore;
import io.airbox.ota.update.Trial.Verdict;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An installation of the store with all that leads it to its end. */
final class GoingUpdate implements Update {
  private final Installation installation;
  private final SourceFinder sources;
  private final Trial trial;
  private final UpdateListener listener;

  // guarded by this
  private @Nullable FileSource source;
  private @Nullable Thread worker;
  private boolean calledOff;
  private boolean decided;
  private @Nullable Verdict verdict;

  GoingUpdate(
      Installation installation,
      @Nullable FileSource source,
      SourceFinder sources,
      Trial trial,
      UpdateListener listener) {
    this.installation = installation;
    this.source = source;
    this.sources = sources;
    this.trial = trial;
    this.listener = listener;
  }

  boolean isOf(Installation other) {
    return installation == other;
  }

  synchronized void from(FileSource other) {
    source = other;
  }

  @Override
  public String pack() {
    return installation.pack();
  }

  @Override
  public String version() {
    return installation.release().version();
  }

  @Override
  public Release release() {
    return installation.release();
  }

  @Override
  public String place() {
    return installation.place();
  }

  @Override
  public boolean isFetched() {
    return installation.isFetched();
  }

  @Override
  public void fetch(Installation.Progress progress) throws IOException, InterruptedException {
    enter();
    try {
      installation.fetch(
          source(),
          (here, all, file) -> {
            progress.fetched(here, all, file);
            listener.fetched(this, here, all);
          });
    } catch (UpdateException refusal) {
      giveUp(refusal);
      throw refusal;
    } catch (InterruptedException e) {
      throw orCancelled(e);
    } finally {
      leave();
    }
  }

  private FileSource source() throws IOException {
    synchronized (this) {
      if (source != null) {
        return source;
      }
    }
    FileSource found =
        sources
            .find(place(), release())
            .orElseThrow(
                () ->
                    new IOException(
                        installation.name()
                            + " is half fetched, and waits until "
                            + place()
                            + " offers it again"));
    from(found);
    return found;
  }

  /** What was wrong goes; what is merely not to be had leaves what came for another place. */
  private void giveUp(UpdateException refusal) throws IOException {
    if (refusal.reason() == Reason.BUSY || refusal.reason() == Reason.NOT_THERE) {
      return;
    }
    if (refusal.reason() == Reason.WRONG_CONTENT) {
      installation.reject();
    } else {
      installation.cancel();
    }
    listener.refused(this, refusal);
  }

  @Override
  public Outcome activate() throws IOException, InterruptedException {
    enter();
    try {
      Verdict found = verdict();
      decide(found);
      Outcome outcome = settle(found);
      listener.ended(this, outcome);
      return outcome;
    } catch (InterruptedException e) {
      throw orCancelled(e);
    } finally {
      leave();
    }
  }

  private Verdict verdict() throws IOException, InterruptedException {
    synchronized (this) {
      if (verdict != null) {
        return verdict; // the disk failed after that
      }
    }
    if (installation.trials() >= ModelStore.MOST_TRIALS) {
      return new Verdict.Failed(
          "its trial was begun " + installation.trials() + " times and never came to an end");
    }
    if (!installation.isFetched()) {
      throw new IllegalStateException(installation.name() + " is not fetched");
    }
    try (Trial.Attempt attempt = trial.prepare(release(), installation.folder())) {
      installation.beginTrial();
      listener.tried(this);
      return attempt.run();
    }
  }

  /** From here on it cannot be called off. */
  private synchronized void decide(Verdict found) throws InterruptedException {
    if (calledOff) {
      throw new InterruptedException();
    }
    decided = true;
    verdict = found;
  }

  private Outcome settle(Verdict found) throws IOException {
    if (found instanceof Verdict.Failed failed) {
      installation.reject();
      return new Outcome.TakenBack(pack(), version(), failed.why());
    }
    installation.commit();
    return new Outcome.Committed(pack(), version(), installation.edition());
  }

  @Override
  public void cancel() throws IOException {
    boolean interrupted = false;
    synchronized (this) {
      if (decided) {
        throw new UpdateException(
            Reason.BUSY,
            installation.name()
                + " was tried already and is being put in its place, or taken back");
      }
      calledOff = worker != null;
      if (worker != null) {
        worker.interrupt();
      }
      while (worker != null) {
        try {
          wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      calledOff = false;
    }
    try {
      installation.cancel();
      listener.calledOff(this);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private synchronized void enter() {
    if (worker != null || calledOff) {
      throw new UpdateException(Reason.BUSY, installation.name() + " is busy with a step already");
    }
    worker = Thread.currentThread();
  }

  private synchronized void leave() {
    if (calledOff) {
      Thread.interrupted(); // meant the step that ends here
    }
    worker = null;
    notifyAll();
  }

  private synchronized InterruptedException orCancelled(InterruptedException e) {
    if (calledOff) {
      throw new UpdateException(
          Reason.CANCELLED, installation.name() + " was called off while it was under way", e);
    }
    return e;
  }
}
