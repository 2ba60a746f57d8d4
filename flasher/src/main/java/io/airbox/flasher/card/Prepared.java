package io.airbox.flasher.card;

import io.airbox.flasher.plan.CardPackage;

/**
 * What became of a card that was to be written.
 *
 * @param card the package, with every byte read; when it is not usable, the card was left without
 *     the files that a box starts from
 * @param written number of bytes that were written
 * @param kept number of bytes that were there already
 */
public record Prepared(CardPackage card, long written, long kept) {}
