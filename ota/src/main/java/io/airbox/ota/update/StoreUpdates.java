package io.airbox.ota.update;

import io.airbox.ota.UpdateException;
import io.airbox.ota.UpdateException.Reason;
import io.airbox.ota.release.BoxFacts;
import io.airbox.ota.release.ReleaseCheck;
import io.airbox.ota.release.ReleaseCheck.Accepted;
import io.airbox.ota.release.Taken;
import io.airbox.ota.signing.Envelope;
import io.airbox.ota.store.FileSource;
import io.airbox.ota.store.Installation;
import io.airbox.ota.store.Installed;
import io.airbox.ota.store.ModelStore;
import io.airbox.ota.store.Sacrifice;
import io.airbox.ota.store.StoredPack;
import io.airbox.ota.trust.AuthorityKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Updates of the packs in a {@link ModelStore}, which stays its maker's to close. */
public final class StoreUpdates implements Updates {
  private final ModelStore store;
  private final Box box;
  private final SourceFinder sources;
  private final Trial trial;
  private final UpdateListener listener;
  private final InstantSource clock;
  private @Nullable GoingUpdate last;

  /**
   * What a release is compared with.
   *
   * @param authorities whose releases this box takes, as it is now
   * @param facts what it is, as it is now; its {@code diskBytes} should be empty, since the store
   *     looks itself, and knows what it has already
   * @param floor a time that has passed for sure
   */
  public record Box(
      Supplier<List<AuthorityKeys>> authorities, Supplier<BoxFacts> facts, Instant floor) {}

  /**
   * Takes up what the store has under way.
   *
   * @param sources finds the source again of what was begun before
   */
  public StoreUpdates(
      ModelStore store,
      Box box,
      SourceFinder sources,
      Trial trial,
      UpdateListener listener,
      InstantSource clock) {
    this.store = store;
    this.box = box;
    this.sources = sources;
    this.trial = trial;
    this.listener = listener;
    this.clock = clock;
  }

  @Override
  public Update begin(byte[] envelope, FileSource source, Sacrifice allowed) throws IOException {
    Envelope parsed = Envelope.parse(envelope);
    return begin(parsed, check(parsed), source, allowed);
  }

  /**
   * As {@link #begin(byte[], FileSource, Sacrifice)}, with the files from a place that is looked at
   * when the release has been checked.
   *
   * @throws UpdateException as there, and {@code UNREACHABLE} when the place alone does not do
   */
  public Update begin(byte[] envelope, String place, Sacrifice allowed) throws IOException {
    Envelope parsed = Envelope.parse(envelope);
    Accepted accepted = check(parsed);
    FileSource source =
        sources
            .find(place, accepted.release())
            .orElseThrow(
                () ->
                    new UpdateException(
                        Reason.UNREACHABLE, place + " is neither an address nor a folder"));
    return begin(parsed, accepted, source, allowed);
  }

  private Accepted check(Envelope envelope) {
    ReleaseCheck check =
        new ReleaseCheck(box.authorities().get(), this::taken, box.facts().get(), box.floor());
    return check.check(envelope, clock.instant());
  }

  private Optional<Taken> taken(String pack) {
    try {
      return store.taken(pack);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized Update begin(
      Envelope envelope, Accepted accepted, FileSource source, Sacrifice allowed)
      throws IOException {
    Optional<Update> answering = answering(accepted);
    if (answering.isPresent()) {
      return answering.get();
    }
    Installation it = store.begin(envelope, accepted, source.place(), allowed, clock.instant());
    GoingUpdate going = last;
    if (going != null && going.isOf(it)) {
      going.from(source);
    } else {
      going = new GoingUpdate(it, source, sources, trial, listener);
      last = going;
    }
    listener.begun(going);
    return going;
  }

  private Optional<Update> answering(Accepted accepted) throws IOException {
    if (accepted.isNew() || store.underWay().isPresent()) {
      return Optional.empty();
    }
    for (StoredPack pack : store.packs()) {
      Installed current = pack.current();
      if (pack.name().equals(accepted.release().pack())
          && current != null
          && current.present()
          && current.edition().equals(Installed.edition(accepted))) {
        return Optional.of(new AnsweringUpdate(accepted.release(), current));
      }
    }
    return Optional.empty();
  }

  @Override
  public synchronized Optional<Update> underWay() {
    Optional<Installation> found = store.underWay();
    if (found.isEmpty()) {
      last = null;
      return Optional.empty();
    }
    GoingUpdate going = last;
    if (going == null || !going.isOf(found.get())) {
      going = new GoingUpdate(found.get(), null, sources, trial, listener);
      last = going;
    }
    return Optional.of(going);
  }

  @Override
  public List<StoredPack> packs() throws IOException {
    return store.packs();
  }
}
