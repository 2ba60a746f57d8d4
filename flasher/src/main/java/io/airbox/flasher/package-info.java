/**
 * Preparing an SD card, following a flash over the serial console and finishing the set-up.
 *
 * <p>Empty until the flasher lands; {@code docs/adr/0001-modules.md} says what belongs here.
 */
@NullMarked
package io.airbox.flasher;

import org.jspecify.annotations.NullMarked;
