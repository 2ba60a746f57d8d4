package io.airbox.netplan.apply;

import io.airbox.netplan.staging.Fuse;
import io.airbox.netplan.staging.NetworkStaging;
import io.airbox.netplan.staging.StagedChange;
import io.airbox.netplan.staging.StagingException;
import io.airbox.netplan.staging.StagingException.Reason;
import io.airbox.netplan.staging.StagingStatus;
import io.airbox.netplan.staging.StagingStatus.State;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The side with root as the daemon sees it: outlives the daemon, decides what is kept, tells it in
 * a status, and forgets at a restart what was not kept.
 */
final class RootSide implements NetworkStaging {
  final List<String> calls = new ArrayList<>();

  /** What fails: the name of a method; null when nothing does. */
  @Nullable String failing;

  Reason failure = Reason.UNAVAILABLE;

  /** Whether what fails is done all the same, and only its answer is lost. */
  boolean answerLost;

  /** Whether links come up, and go back, at once. */
  boolean prompt = true;

  /** Whether its status can be read. */
  boolean readable = true;

  Fuse fuse = Fuse.never();
  @Nullable String staged;
  @Nullable String kept;
  private StagingStatus status = StagingStatus.NONE;

  private void call(String name, String transaction, Runnable work) {
    fuse.burn();
    calls.add(name);
    boolean fails = name.equals(failing);
    if (!fails || answerLost) {
      work.run();
    }
    fuse.burn();
    if (fails) {
      throw new StagingException(failure, name + " of " + transaction + " failed", null);
    }
  }

  void says(String transaction, State state, String reason) {
    status = new StagingStatus(transaction, state, reason);
  }

  @Override
  public List<String> stage(StagedChange change) {
    String id = change.transaction();
    call(
        "stage",
        id,
        () -> {
          staged = id;
          says(id, prompt ? State.APPLIED : State.APPLYING, "");
        });
    return List.of("staged");
  }

  @Override
  public List<String> rehearse(StagedChange change) {
    call("rehearse", change.transaction(), () -> {});
    return List.of("staged");
  }

  @Override
  public List<String> commit(String transaction) {
    if (!transaction.equals(staged)) {
      throw new StagingException(Reason.REFUSED, "it was taken back", null);
    }
    call(
        "commit",
        transaction,
        () -> {
          kept = transaction;
          staged = null;
          says(transaction, State.COMMITTED, "");
        });
    return List.of("kept");
  }

  @Override
  public List<String> revert(String transaction) {
    call(
        "revert",
        transaction,
        () -> {
          if (transaction.equals(kept)) {
            says(transaction, State.COMMITTED, "");
          } else {
            staged = null;
            says(transaction, prompt ? State.REVERTED : State.REVERTING, "it was not kept");
          }
        });
    return List.of("going");
  }

  @Override
  public StagingStatus status() {
    if (!readable) {
      throw new StagingException(Reason.FAILED, "cannot read the status", null);
    }
    return status;
  }

  /** The machine starts anew, and what tidies up at the start has run. */
  void restart() {
    staged = null;
    status = kept == null ? StagingStatus.NONE : new StagingStatus(kept, State.COMMITTED, "");
  }

  /** The timer of systemd. */
  void timerFires(String transaction) {
    if (transaction.equals(staged)) {
      staged = null;
      says(transaction, State.REVERTED, "it was not kept");
    }
  }
}
