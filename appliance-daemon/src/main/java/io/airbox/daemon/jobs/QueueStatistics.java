package io.airbox.daemon.jobs;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a queue has done since it was made; the totals only grow.
 *
 * @param queued jobs that wait now
 * @param running jobs that run now
 * @param ended ended jobs that can still be asked about
 * @param completed jobs completed
 * @param failed jobs failed
 * @param cancelled jobs cancelled
 * @param refused submissions refused because the queue or the owner's share was full
 * @param pictures pictures made and kept
 * @param steps denoising steps of those pictures
 * @param loading time spent loading packs
 * @param text time of the text encoder
 * @param denoising time of the steps
 * @param decoding time of the decoder
 * @param saving time spent keeping pictures
 * @param stepTime the newest estimate of one step, of whatever was made last, or null
 */
public record QueueStatistics(
    int queued,
    int running,
    int ended,
    long completed,
    long failed,
    long cancelled,
    long refused,
    long pictures,
    long steps,
    Duration loading,
    Duration text,
    Duration denoising,
    Duration decoding,
    Duration saving,
    @Nullable Duration stepTime) {}
