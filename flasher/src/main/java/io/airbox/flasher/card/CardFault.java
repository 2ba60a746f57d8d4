package io.airbox.flasher.card;

/**
 * Something that is wrong on a card, and by whom.
 *
 * @param culprit who is to blame
 * @param where file, script line or place on the card
 * @param value what is there, beside what should be
 */
public record CardFault(Culprit culprit, String where, String value) {}
