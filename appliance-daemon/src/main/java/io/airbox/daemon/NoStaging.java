package io.airbox.daemon;

import io.airbox.netplan.staging.NetworkStaging;
import io.airbox.netplan.staging.StagedChange;
import io.airbox.netplan.staging.StagingException;
import io.airbox.netplan.staging.StagingStatus;
import java.util.List;

/**
 * Where nobody has root work on the network to offer: plans can be made, and changes are refused.
 */
final class NoStaging implements NetworkStaging {
  @Override
  public List<String> stage(StagedChange change) {
    throw unavailable();
  }

  @Override
  public List<String> rehearse(StagedChange change) {
    throw unavailable();
  }

  @Override
  public List<String> commit(String transaction) {
    throw unavailable();
  }

  @Override
  public List<String> revert(String transaction) {
    throw unavailable();
  }

  @Override
  public StagingStatus status() {
    return StagingStatus.NONE;
  }

  private static StagingException unavailable() {
    return new StagingException(
        StagingException.Reason.UNAVAILABLE,
        "changing the network needs root, and airbox-helper has no task for it here",
        null);
  }
}
