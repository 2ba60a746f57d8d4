/** Normal numbers that are the same on every machine for the same seed. */
@NullMarked
package io.airbox.generation.random;

import org.jspecify.annotations.NullMarked;
