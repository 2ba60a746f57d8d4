package io.airbox.ota.update;

import io.airbox.ota.UpdateException;
import io.airbox.ota.UpdateException.Reason;
import io.airbox.ota.release.Release;
import io.airbox.ota.store.Installation;
import io.airbox.ota.store.Installed;

/** The very release that answers already: there is nothing to do. */
record AnsweringUpdate(Release release, Installed current) implements Update {
  @Override
  public String pack() {
    return release.pack();
  }

  @Override
  public String version() {
    return release.version();
  }

  @Override
  public String place() {
    return current.place();
  }

  @Override
  public boolean isFetched() {
    return true;
  }

  @Override
  public void fetch(Installation.Progress progress) {}

  @Override
  public Outcome activate() {
    return new Outcome.Committed(pack(), version(), current.edition());
  }

  @Override
  public void cancel() {
    throw new UpdateException(
        Reason.NOT_THERE, pack() + " " + version() + " is installed; nothing is under way");
  }
}
