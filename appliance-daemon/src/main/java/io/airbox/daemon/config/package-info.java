/**
 * What the daemon is told: immutable records per area, read once at start by {@link
 * io.airbox.daemon.config.ConfigLoader}, the only class that knows Commons Configuration.
 */
@NullMarked
package io.airbox.daemon.config;

import org.jspecify.annotations.NullMarked;
