/** Models that come by signed release, to the daemon as a user starts it. */
@NullMarked
package io.airbox.hwtests.ota;

import org.jspecify.annotations.NullMarked;
