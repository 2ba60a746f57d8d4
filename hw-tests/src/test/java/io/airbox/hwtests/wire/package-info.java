/** HTTP as bytes: requests as wrong as a test wants them, and replies as they were on the wire. */
@NullMarked
package io.airbox.hwtests.wire;

import org.jspecify.annotations.NullMarked;
