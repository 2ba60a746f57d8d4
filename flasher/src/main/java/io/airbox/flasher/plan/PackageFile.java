package io.airbox.flasher.plan;

import org.jspecify.annotations.Nullable;

/**
 * A file of a package and what was learned by reading it.
 *
 * @param name without folder
 * @param bytes length
 * @param md5 in hexadecimal, lower case; null when it was not read
 * @param gzip what a {@code .gz} holds; null when it is none or was not read
 * @param unreadable why it could not be read; null when it could, or was not tried
 * @param content small files that tell the plan, and the unpacked partition table, a character for
 *     each byte; null for others
 */
record PackageFile(
    String name,
    long bytes,
    @Nullable String md5,
    @Nullable GzipContent gzip,
    @Nullable String unreadable,
    @Nullable String content) {}
