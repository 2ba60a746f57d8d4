/** Noise schedules, timestep spacings and samplers as pure functions on float arrays. */
@NullMarked
package io.airbox.generation.sampling;

import org.jspecify.annotations.NullMarked;
