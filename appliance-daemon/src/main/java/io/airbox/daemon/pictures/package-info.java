/**
 * What the daemon keeps under DATA: the gallery, and the lock that makes DATA ours.
 *
 * <p>{@link io.airbox.daemon.pictures.PictureStore} keeps finished pictures with their metadata
 * until they are too old or too many; {@link io.airbox.daemon.pictures.DataLock} keeps a second
 * daemon out. Both are thread-safe and blocking.
 */
@NullMarked
package io.airbox.daemon.pictures;

import org.jspecify.annotations.NullMarked;
