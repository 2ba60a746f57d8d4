/**
 * Which packs are in memory: what they hold, what may be loaded beside them, and what has to go
 * first.
 */
@NullMarked
package io.airbox.generation.memory;

import org.jspecify.annotations.NullMarked;
