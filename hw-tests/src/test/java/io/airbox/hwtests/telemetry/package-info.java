/** What the daemon's telemetry promises to a fleet, against Debian's Mosquitto. */
@NullMarked
package io.airbox.hwtests.telemetry;

import org.jspecify.annotations.NullMarked;
