/**
 * Suites against the real program, real browsers and real devices, and what they are started with.
 */
@NullMarked
package io.airbox.hwtests;

import org.jspecify.annotations.NullMarked;
