/**
 * Asks all sensors again and again: {@link io.airbox.power.sampling.Sampler}.
 *
 * <p>Any file may block, for a bus may hang. So each probe has its own thread, a sample waits for
 * none of them longer than its patience, and a probe that has not come back is not asked again
 * until it has. Threads and memory stay bounded, whatever the files do.
 */
@NullMarked
package io.airbox.power.sampling;

import org.jspecify.annotations.NullMarked;
