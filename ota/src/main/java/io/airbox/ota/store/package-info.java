/**
 * Where model packs lie on a box: files by what is in them, shared between packs; two slots for
 * each pack; and one installation at a time, which a power cut can interrupt anywhere.
 *
 * <p>{@link io.airbox.ota.store.ModelStore} is the way in. {@link io.airbox.ota.store.Disk} is the
 * one place where anything is written.
 */
@NullMarked
package io.airbox.ota.store;

import org.jspecify.annotations.NullMarked;
