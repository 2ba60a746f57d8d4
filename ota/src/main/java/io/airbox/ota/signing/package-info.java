/**
 * Ed25519 keys and envelopes of signed bytes.
 *
 * <p>Signatures are those of RFC 8032, key files those of RFC 8410 (as {@code openssl genpkey
 * -algorithm ed25519} writes them), envelopes those of DSSE 1.0.2 ("Dead Simple Signing Envelope"),
 * which signs the type together with the bytes, so that a document of one kind never passes for one
 * of another.
 */
@NullMarked
package io.airbox.ota.signing;

import org.jspecify.annotations.NullMarked;
