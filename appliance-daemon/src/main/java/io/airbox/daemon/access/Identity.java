package io.airbox.daemon.access;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Somebody whose credential was right.
 *
 * @param key the API key it was, or by which they signed in; null for the owner's passphrase
 * @param expires when the credential ends unless it is used: null for never
 */
public record Identity(Actor actor, @Nullable ApiKey key, @Nullable Instant expires) {}
