/**
 * Heat and power in the daemon: {@link io.airbox.daemon.telemetry.Telemetry} has what the sensors
 * tell and told, {@link io.airbox.daemon.telemetry.TelemetryVerticle} looks at them again and
 * again. {@link io.airbox.daemon.telemetry.SampleJson} is a look as a document.
 */
@NullMarked
package io.airbox.daemon.telemetry;

import org.jspecify.annotations.NullMarked;
