package io.airbox.flasher.plan;

import org.jspecify.annotations.Nullable;

/**
 * A file of a card package.
 *
 * @param name without folder
 * @param bytes its length
 * @param md5 in hexadecimal, lower case; null when it was not read, or could not be
 */
public record CardFile(String name, long bytes, @Nullable String md5) {}
