/**
 * Connections before and between requests: how many there may be, and how long a client may take.
 *
 * <p>{@link io.airbox.daemon.http.connection.LimitedTransport} counts connections when they are
 * accepted, before a TLS handshake has cost anything; {@link
 * io.airbox.daemon.http.connection.ConnectionWatch} ends those that take too long. Both work on
 * Netty's channels, since Vert.x tells of a connection only what its requests say.
 */
@NullMarked
package io.airbox.daemon.http.connection;

import org.jspecify.annotations.NullMarked;
