/**
 * Brings a release from whoever offers it into the slot that answers: checked, fetched, tried on
 * the engine, and then taken or taken back.
 *
 * <p>Sources of updates talk to {@link io.airbox.ota.update.Updates}. What an engine is, and whose
 * keys count, is told by whoever makes it.
 */
@NullMarked
package io.airbox.ota.update;

import org.jspecify.annotations.NullMarked;
