package io.airbox.daemon.jobs;

import io.airbox.generation.GenerationListener.Stage;
import org.jspecify.annotations.Nullable;

/**
 * How far a job is.
 *
 * @param picture index of the picture being made, from 0
 * @param pictures pictures asked for
 * @param stage what is going on, or null before the first stage and after the end
 * @param step denoising steps of this picture that are done
 * @param steps denoising steps of this picture
 * @param fraction of the whole job in 0…1, by steps
 */
public record JobProgress(
    int picture, int pictures, @Nullable Stage stage, int step, int steps, double fraction) {}
