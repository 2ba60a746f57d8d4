package io.airbox.generation.worker;

/** Where the worker process is in its life. */
public enum WorkerState {
  /** The process was started and has not said hello yet. */
  STARTING,
  /** It waits for a request. */
  READY,
  /** It makes pictures. */
  BUSY,
  /** It died or could not be started; the next attempt waits. */
  BACKING_OFF,
  /** Closed for good. */
  STOPPED
}
