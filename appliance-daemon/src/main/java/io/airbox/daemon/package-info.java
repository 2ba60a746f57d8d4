/** The daemon: wiring and life cycle of everything, and the {@code airbox} command line. */
@NullMarked
package io.airbox.daemon;

import org.jspecify.annotations.NullMarked;
