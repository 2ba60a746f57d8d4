/**
 * A flash as it happens: {@link io.airbox.flasher.live.LiveWatch} reads a serial port, keeps its
 * transcript, lets a {@link io.airbox.flasher.watch.FlashWatcher} follow it, tells a listener, and
 * starts the box once its card is out.
 */
@NullMarked
package io.airbox.flasher.live;

import org.jspecify.annotations.NullMarked;
