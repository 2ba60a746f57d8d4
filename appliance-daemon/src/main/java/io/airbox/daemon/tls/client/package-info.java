/**
 * How the command line knows a box over TLS: by an authority that the system trusts, else by the
 * key that the box showed the first time, as ssh does.
 *
 * <p>{@link io.airbox.daemon.tls.client.BoxTrust} decides within the handshake; {@link
 * io.airbox.daemon.tls.client.KnownBoxes} is what was decided before.
 */
@NullMarked
package io.airbox.daemon.tls.client;

import org.jspecify.annotations.NullMarked;
