package io.airbox.daemon.jobs;

import io.airbox.power.energy.Energy;
import java.util.Optional;

/**
 * A picture that a job has made and the sink has kept.
 *
 * @param id {@code <job>-<index>}: its id in the gallery
 * @param seed its own seed
 * @param width pixels
 * @param height pixels
 * @param energy what the machine took while it was made; empty when that is not known
 */
public record JobPicture(String id, long seed, int width, int height, Optional<Energy> energy) {}
