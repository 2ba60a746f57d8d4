/**
 * Jobs: one bounded, fair queue behind every API.
 *
 * <p>{@link io.airbox.daemon.jobs.JobQueue} is the main type. It knows nothing of HTTP: an edge
 * submits a request for an owner, reads immutable {@link io.airbox.daemon.jobs.JobSnapshot
 * snapshots}, subscribes to changes on an executor of its own, and cancels. Everything here is
 * thread-safe; the only threads are the queue's runners, one per {@link
 * io.airbox.generation.PictureMaker}.
 *
 * <pre>{@code
 * try (JobQueue queue = new JobQueue(JobQueueOptions.DEFAULTS, planner, List.of(worker), store)) {
 *   JobSnapshot job = queue.submit("session-1", GenerationRequest.of("a red apple"));
 *   queue.subscribe(job.id(), eventLoop, listener);
 * }
 * }</pre>
 */
@NullMarked
package io.airbox.daemon.jobs;

import org.jspecify.annotations.NullMarked;
