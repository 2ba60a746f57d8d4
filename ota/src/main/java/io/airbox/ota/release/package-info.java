/**
 * What a release of a pack says, and whether this box takes it.
 *
 * <p>{@link io.airbox.ota.release.Release} is the signed text, {@link
 * io.airbox.ota.release.ReleaseCheck} goes through the threats that TUF names, in the order in
 * which nothing unproven is believed.
 */
@NullMarked
package io.airbox.ota.release;

import org.jspecify.annotations.NullMarked;
