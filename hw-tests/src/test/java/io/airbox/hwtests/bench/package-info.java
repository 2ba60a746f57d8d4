/** Our side of the benchmarks; {@code src/bench} holds the drivers and the peers. */
@NullMarked
package io.airbox.hwtests.bench;

import org.jspecify.annotations.NullMarked;
