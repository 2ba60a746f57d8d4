/**
 * The bindings against the vendor's own libraries, run on the vendor's functional simulator of the
 * chip in a process that may die.
 */
@NullMarked
package io.airbox.hwtests.tpu;

import org.jspecify.annotations.NullMarked;
