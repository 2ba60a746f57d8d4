package io.airbox.daemon.http;

import io.airbox.daemon.access.Access;
import io.airbox.daemon.access.Actor;
import io.airbox.daemon.access.Caller;
import io.airbox.daemon.access.Role;
import io.airbox.daemon.jobs.JobQueue;
import io.airbox.daemon.jobs.JobSnapshot;
import io.airbox.daemon.jobs.Share;
import io.airbox.generation.GenerationRequest;

/**
 * Hands requests for pictures to the queue, as far as whoever asks may have more. Blocks shortly;
 * thread-safe.
 */
final class Submissions {
  private final JobQueue jobs;
  private final Access access;

  Submissions(JobQueue jobs, Access access) {
    this.jobs = jobs;
    this.access = access;
  }

  /**
   * Plans and queues a request.
   *
   * @throws io.airbox.daemon.access.AccessException the limits of the key or of guests
   * @throws io.airbox.daemon.jobs.JobRefusedException the queue's limits
   * @throws io.airbox.generation.GenerationException the request is not acceptable
   */
  JobSnapshot submit(Caller caller, GenerationRequest request) {
    Actor actor = caller.actor();
    Integer count = request.count();
    return access.submit(
        actor,
        caller.address(),
        count == null ? 1 : Math.max(1, count),
        () -> jobs.live(actor.id()),
        () -> jobs.submit(actor.id(), share(caller), request));
  }

  /**
   * Guests of one address take one turn together: a browser can have as many cookies as it likes.
   */
  private static Share share(Caller caller) {
    return caller.actor().role() == Role.GUEST
        ? new Share(caller.address(), true)
        : new Share(caller.actor().id(), false);
  }
}
