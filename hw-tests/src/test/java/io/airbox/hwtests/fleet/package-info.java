/** Daemons and what hears of them over MQTT: a real broker, and programs written by others. */
@NullMarked
package io.airbox.hwtests.fleet;

import org.jspecify.annotations.NullMarked;
