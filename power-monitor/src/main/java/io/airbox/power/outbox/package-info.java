/**
 * What is to be sent and may have to wait for it, on the disk: {@link
 * io.airbox.power.outbox.Outbox} keeps what must arrive until it has, and of telemetry the newest
 * that fits.
 */
@NullMarked
package io.airbox.power.outbox;

import org.jspecify.annotations.NullMarked;
