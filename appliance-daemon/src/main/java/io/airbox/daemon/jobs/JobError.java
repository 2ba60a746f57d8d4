package io.airbox.daemon.jobs;

import org.jspecify.annotations.Nullable;

/**
 * Why a job failed or was cancelled.
 *
 * @param code name of a {@link io.airbox.generation.GenerationException.Reason}, of a {@link
 *     io.airbox.daemon.pictures.PictureStoreException.Reason}, {@code TOO_HOT}, or {@code INTERNAL}
 * @param field the request's field that is wrong, or null
 * @param message a sentence for the person who asked
 */
public record JobError(String code, @Nullable String field, String message) {}
