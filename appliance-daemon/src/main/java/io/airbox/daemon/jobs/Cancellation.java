package io.airbox.daemon.jobs;

/**
 * What became of a wish to cancel.
 *
 * @param accepted false when the job had ended already
 * @param job the job afterwards: a queued one is cancelled at once, a running one within one step
 */
public record Cancellation(boolean accepted, JobSnapshot job) {}
