package io.airbox.daemon.jobs;

/** Where a job is in its life: queued, then running, then exactly one of the other three. */
public enum JobStatus {
  QUEUED("queued"),
  RUNNING("running"),
  COMPLETED("completed"),
  FAILED("failed"),
  CANCELLED("cancelled");

  private final String id;

  JobStatus(String id) {
    this.id = id;
  }

  /** The name on the wire. */
  public String id() {
    return id;
  }

  /** Nothing about the job will change any more. */
  public boolean ended() {
    return this != QUEUED && this != RUNNING;
  }
}
