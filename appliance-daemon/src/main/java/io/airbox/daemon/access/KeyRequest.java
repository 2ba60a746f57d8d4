package io.airbox.daemon.access;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a new API key is to be; the members are those of {@link ApiKey}. */
public record KeyRequest(
    String name,
    Role role,
    @Nullable Instant expires,
    @Nullable Integer picturesPerDay,
    @Nullable Integer concurrentJobs) {}
