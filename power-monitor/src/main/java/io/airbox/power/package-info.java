/**
 * What a machine's sensors tell: {@link io.airbox.power.Sample}, a moment's {@link
 * io.airbox.power.Reading}s, each with unit, quality and source.
 *
 * <p>{@link io.airbox.power.sensor} reads the files, {@link io.airbox.power.sampling} does so again
 * and again without ever waiting long for any of them. {@link io.airbox.power.history} keeps what
 * was, {@link io.airbox.power.energy} integrates power, {@link io.airbox.power.thermal} decides
 * what heat allows. Everything in this package is a value and safe to share between threads.
 */
@NullMarked
package io.airbox.power;

import org.jspecify.annotations.NullMarked;
