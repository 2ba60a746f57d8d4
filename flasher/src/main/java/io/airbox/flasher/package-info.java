/**
 * Preparing an SD card for an AirBox, following its flash over the serial console, and saying what
 * became of it.
 *
 * <p>{@link io.airbox.flasher.source} reads the forms in which card packages come, {@link
 * io.airbox.flasher.plan} makes the exact plan of them and checks it, {@link
 * io.airbox.flasher.card} writes and proves cards, {@link io.airbox.flasher.watch} follows a
 * console with or without a plan: bytes come in, findings and verdicts go out. {@link
 * io.airbox.flasher.console} opens serial ports and keeps what they say, {@link
 * io.airbox.flasher.live} lets a watcher follow one. This package holds what they share.
 *
 * <pre>{@code
 * CardPackage card = CardPackage.read(Path.of("sdcard.tgz"), CardPackage.Depth.EVERYTHING);
 * FlashWatcher watcher = FlashWatcher.of(card, InstantSource.system());
 * watcher.accept(bytes, 0, length);          // as they come from the console
 * FlashReport report = watcher.report();
 * }</pre>
 */
@NullMarked
package io.airbox.flasher;

import org.jspecify.annotations.NullMarked;
