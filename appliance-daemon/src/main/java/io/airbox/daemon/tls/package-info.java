/**
 * The box's TLS identity: one key for life, a certificate that follows its names, or the owner's
 * own chain.
 *
 * <p>{@link io.airbox.daemon.tls.BoxTls} keeps them under DATA and says which to serve; {@link
 * io.airbox.daemon.tls.TlsPolicy} says how. Reading what is kept needs the JDK alone: Bouncy Castle
 * is loaded only to make a certificate or to judge an uploaded one, so that an ordinary start does
 * not pay for it.
 */
@NullMarked
package io.airbox.daemon.tls;

import org.jspecify.annotations.NullMarked;
