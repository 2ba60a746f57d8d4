/**
 * SD cards for flashing: chosen with care, written so that a card that was not finished never looks
 * like one, read back past the system's cache, and taken out. {@link
 * io.airbox.flasher.card.CardTarget} writes, {@link io.airbox.flasher.card.CardProof} verifies,
 * {@link io.airbox.flasher.card.Ejection} ejects. Calls belong to one thread and heed interruption.
 */
@NullMarked
package io.airbox.flasher.card;

import org.jspecify.annotations.NullMarked;
