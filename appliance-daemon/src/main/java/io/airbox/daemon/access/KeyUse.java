package io.airbox.daemon.access;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An API key and what was done with it.
 *
 * @param lastUsed null for never
 * @param picturesToday pictures asked for on the present day (UTC)
 */
public record KeyUse(ApiKey key, @Nullable Instant lastUsed, int picturesToday) {}
