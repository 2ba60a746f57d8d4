/**
 * Preparing an SD card for an AirBox, following its flash over the serial console, and saying what
 * became of it.
 *
 * <p>Four packages: {@link io.airbox.flasher.source} reads the forms in which card packages come,
 * {@link io.airbox.flasher.plan} makes the exact plan of them and checks it, {@link
 * io.airbox.flasher.card} writes and proves cards, {@link io.airbox.flasher.watch} follows a
 * console with or without a plan. This package holds what they share.
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
