/**
 * Files that survive a power cut.
 *
 * <p>{@link io.airbox.daemon.storage.DurableFiles} is how everything that matters under DATA is
 * written. Thread-safe where the files differ, and blocking.
 */
@NullMarked
package io.airbox.daemon.storage;

import org.jspecify.annotations.NullMarked;
