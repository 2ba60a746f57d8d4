/**
 * What a machine's sensors tell: {@link io.airbox.power.Sample}, a moment's {@link
 * io.airbox.power.Reading}s, each with unit, quality and source.
 *
 * <p>{@link io.airbox.power.sensor} reads the files, {@link io.airbox.power.sampling} does so again
 * and again without ever waiting long for any of them. Everything here is a value and safe to share
 * between threads.
 */
@NullMarked
package io.airbox.power;

import org.jspecify.annotations.NullMarked;
