/**
 * Heat and power as documents: {@link io.airbox.daemon.telemetry.SampleJson} is what {@code airbox
 * telemetry --json} prints.
 */
@NullMarked
package io.airbox.daemon.telemetry;

import org.jspecify.annotations.NullMarked;
