/** A real hawkBit, boxes that it updates, and a release that is published there. */
@NullMarked
package io.airbox.hwtests.hawkbit;

import org.jspecify.annotations.NullMarked;
