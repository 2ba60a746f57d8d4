/**
 * The box's network: what is live, what is set, and changing it. {@code netplan-config} knows
 * netplan's files and the transaction; this package knows the daemon around them.
 */
@NullMarked
package io.airbox.daemon.network;

import org.jspecify.annotations.NullMarked;
