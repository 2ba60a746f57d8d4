package io.airbox.daemon.jobs;

/**
 * A picture that a job has made and the sink has kept.
 *
 * @param id {@code <job>-<index>}: its id in the gallery
 * @param seed its own seed
 * @param width pixels
 * @param height pixels
 */
public record JobPicture(String id, long seed, int width, int height) {}
