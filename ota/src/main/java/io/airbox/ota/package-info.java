/**
 * Signed model packs: who may sign, what a release says, and whether this box takes it.
 *
 * <p>{@link io.airbox.ota.signing} knows keys and envelopes, {@link io.airbox.ota.trust} whose keys
 * count, {@link io.airbox.ota.release} what a release promises and demands. All of it is pure:
 * bytes and a clock go in, a verdict comes out. {@link io.airbox.ota.UpdateException} says why
 * something is refused.
 */
@NullMarked
package io.airbox.ota;

import org.jspecify.annotations.NullMarked;
