package io.airbox.daemon.access;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One thing that happened, or was tried.
 *
 * @param number 1, 2, 3, … over the life of the box
 * @param actor id of the one who did it
 * @param address the remote address, or {@code socket}
 * @param channel id of the {@link Channel}
 * @param action what, as {@code key.add}
 * @param target to what, as a key's id; null where the action says it all
 * @param before the state before, null where there was none
 * @param after the state after, null where there is none
 * @param outcome {@code done}, or the reason of the refusal or failure
 */
public record AuditEntry(
    long number,
    Instant time,
    String actor,
    String address,
    String channel,
    String action,
    @Nullable String target,
    @Nullable String before,
    @Nullable String after,
    String outcome) {}
