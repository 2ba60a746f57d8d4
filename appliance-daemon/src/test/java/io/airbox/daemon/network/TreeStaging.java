package io.airbox.daemon.network;

import io.airbox.netplan.staging.FileChange;
import io.airbox.netplan.staging.NetworkStaging;
import io.airbox.netplan.staging.StagedChange;
import io.airbox.netplan.staging.StagingException;
import io.airbox.netplan.staging.StagingStatus;
import io.airbox.netplan.staging.StagingStatus.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The side with root, on a tree of files and at once: no links come up, nothing takes time. */
public final class TreeStaging implements NetworkStaging {
  private final Path root;
  private @Nullable StagedChange staged;
  private StagingStatus status = StagingStatus.NONE;

  public TreeStaging(Path root) {
    this.root = root;
  }

  @Override
  public synchronized List<String> stage(StagedChange change) {
    staged = change;
    status = new StagingStatus(change.transaction(), State.APPLIED, "");
    return List.of("put the new settings into effect");
  }

  @Override
  public List<String> rehearse(StagedChange change) {
    return List.of("put the new settings into effect");
  }

  @Override
  public synchronized List<String> commit(String transaction) {
    StagedChange change = staged;
    if (change == null || !change.transaction().equals(transaction)) {
      throw new StagingException(StagingException.Reason.REFUSED, "nothing is staged", null);
    }
    try {
      for (FileChange file : change.files()) {
        Path path = root.resolve("etc/netplan").resolve(file.name());
        String after = file.after();
        if (after == null) {
          Files.deleteIfExists(path);
        } else {
          Files.writeString(path, after);
        }
      }
    } catch (IOException e) {
      throw new StagingException(StagingException.Reason.FAILED, e.toString(), e);
    }
    status = new StagingStatus(transaction, State.COMMITTED, "");
    return List.of("keep them");
  }

  @Override
  public synchronized List<String> revert(String transaction) {
    status = new StagingStatus(transaction, State.REVERTED, "");
    return List.of("go back");
  }

  @Override
  public synchronized StagingStatus status() {
    return status;
  }
}
