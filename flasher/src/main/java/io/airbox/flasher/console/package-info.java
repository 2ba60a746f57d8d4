/**
 * Serial ports, and what comes over them. {@link io.airbox.flasher.console.SerialPorts} lists and
 * opens them, {@link io.airbox.flasher.console.HostTrap} names what on this machine spoils them,
 * {@link io.airbox.flasher.console.Transcript} keeps every byte with its time. The library behind
 * it is jSerialComm.
 */
@NullMarked
package io.airbox.flasher.console;

import org.jspecify.annotations.NullMarked;
