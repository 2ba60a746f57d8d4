/**
 * Signed model packs: who may sign, what a release says, whether this box takes it, and how it
 * comes to lie on its disk.
 *
 * <p>{@link io.airbox.ota.signing} knows keys and envelopes, {@link io.airbox.ota.trust} whose keys
 * count, {@link io.airbox.ota.release} what a release promises and demands: pure functions of bytes
 * and a clock. {@link io.airbox.ota.store} keeps releases, {@link io.airbox.ota.download} fetches
 * their files, and {@link io.airbox.ota.update} leads a release through all of them. {@link
 * io.airbox.ota.UpdateException} says why something is refused.
 */
@NullMarked
package io.airbox.ota;

import org.jspecify.annotations.NullMarked;
