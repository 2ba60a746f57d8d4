package io.airbox.flasher.watch;

/**
 * A line of the console.
 *
 * @param line its number, from 1; a redrawn line counts again
 * @param text what it says, without control characters, cut when it is long
 */
public record Evidence(long line, String text) {}
