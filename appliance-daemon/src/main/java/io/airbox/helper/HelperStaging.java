package io.airbox.helper;

import io.airbox.netplan.staging.NetworkStaging;
import io.airbox.netplan.staging.StagedChange;
import io.airbox.netplan.staging.StagingException;
import io.airbox.netplan.staging.StagingException.Reason;
import io.airbox.netplan.staging.StagingStatus;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;

/**
 * Network changes through the helper.
 *
 * @param client how it is asked
 * @param statusFile what {@code /usr/libexec/airbox-network} writes
 */
record HelperStaging(HelperClient client, Path statusFile) implements NetworkStaging {
  @Override
  public List<String> stage(StagedChange change) {
    return ask(Verb.NETWORK_STAGE, false, NetworkArguments.of(change));
  }

  @Override
  public List<String> rehearse(StagedChange change) {
    return ask(Verb.NETWORK_STAGE, true, NetworkArguments.of(change));
  }

  @Override
  public List<String> commit(String transaction) {
    return ask(Verb.NETWORK_COMMIT, false, NetworkArguments.of(transaction));
  }

  @Override
  public List<String> revert(String transaction) {
    return ask(Verb.NETWORK_REVERT, false, NetworkArguments.of(transaction));
  }

  @Override
  public StagingStatus status() {
    return StagingStatus.read(statusFile);
  }

  private List<String> ask(Verb verb, boolean dryRun, SortedMap<String, String> arguments) {
    try {
      return client.ask(verb, dryRun, arguments);
    } catch (HelperException e) {
      throw new StagingException(
          switch (e.reason()) {
            case UNAVAILABLE, PROTOCOL -> Reason.UNAVAILABLE;
            case REFUSED -> NetworkArguments.isBusy(e.field()) ? Reason.BUSY : Reason.REFUSED;
            case FAILED -> Reason.FAILED;
          },
          String.valueOf(e.getMessage()),
          e);
    }
  }
}
