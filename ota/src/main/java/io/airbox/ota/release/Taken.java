package io.airbox.ota.release;

/**
 * The newest release of a pack that this box has taken.
 *
 * @param authority whose it was
 * @param epoch of the authority's counters then
 * @param counter its number
 * @param digest SHA-256 of its signed bytes, hex
 */
public record Taken(String authority, long epoch, long counter, String digest) {}
