package io.airbox.daemon.access;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An API key, without its secret.
 *
 * @param id 8 lower-case characters
 * @param name what the owner calls it, 1…64 characters
 * @param role {@link Role#USER} or above
 * @param expires from when on it is refused; null for never
 * @param picturesPerDay pictures it may ask for per day (UTC), at least 1; null for any number
 * @param concurrentJobs jobs it may have waiting or running, at least 1; null for any number
 */
public record ApiKey(
    String id,
    String name,
    Role role,
    Instant created,
    @Nullable Instant expires,
    @Nullable Integer picturesPerDay,
    @Nullable Integer concurrentJobs) {}
