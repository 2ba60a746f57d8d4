/**
 * Signed model packs: manifests, download, the store with its slots, activation and roll-back.
 *
 * <p>Empty until model updates land; {@code docs/adr/0001-modules.md} says what belongs here.
 */
@NullMarked
package io.airbox.ota;

import org.jspecify.annotations.NullMarked;
