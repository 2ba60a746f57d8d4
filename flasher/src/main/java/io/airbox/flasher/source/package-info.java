/**
 * The forms in which card packages come: a folder, a zip or tar archive, an image of a card; the
 * last two also compressed with gzip or xz. Whatever the form, {@link
 * io.airbox.flasher.source.PackageSource} shows its files once, without unpacking anything to disk
 * and without unpacking what nobody asks for. A source belongs to one thread.
 */
@NullMarked
package io.airbox.flasher.source;

import org.jspecify.annotations.NullMarked;
