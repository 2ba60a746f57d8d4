/**
 * The files that tell heat, power and load of an AirBox or any Linux machine, below a root so that
 * a recorded machine can be read anywhere.
 *
 * <p>{@link io.airbox.power.sensor.Sensors#of} has the {@link io.airbox.power.sensor.Probe}s of a
 * machine. A probe reads and parses; it may block when a file does, so that {@link
 * io.airbox.power.sampling.Sampler} gives each its own thread. Nothing here writes, and what is
 * missing, garbled or absurd is unknown with the reason, never zero.
 */
@NullMarked
package io.airbox.power.sensor;

import org.jspecify.annotations.NullMarked;
