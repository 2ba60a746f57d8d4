package io.airbox.generation.worker;

import io.airbox.generation.GenerationException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The worker process as it was at one moment.
 *
 * @param state where it is in its life
 * @param reason why it backs off or stopped, as a sentence; null otherwise
 * @param failure the code that goes with {@code reason}, as {@code WORKER_LOST} or {@code
 *     DEVICE_HUNG}; null without one
 * @param pid its process id, or −1 when there is none
 * @param engine {@code onnx} or {@code bm1684x}; null until it has said hello once
 * @param description name and version of the engine's runtime; null until it has said hello once
 * @param restarts processes started after the first one
 * @param retryIn how long the next attempt waits, zero unless it backs off
 */
public record WorkerStatus(
    WorkerState state,
    @Nullable String reason,
    GenerationException.@Nullable Reason failure,
    long pid,
    @Nullable String engine,
    @Nullable String description,
    int restarts,
    Duration retryIn) {
  /** It takes a request at once, or is at work on one. */
  public boolean up() {
    return state == WorkerState.READY || state == WorkerState.BUSY;
  }
}
