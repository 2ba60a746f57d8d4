/**
 * Files of a release from the network: whole, resumed, from one of several mirrors, no faster and
 * at no other hours than the owner says.
 *
 * <p>Nothing that a server says is believed: what counts are the sizes and digests that were
 * signed.
 */
@NullMarked
package io.airbox.ota.download;

import org.jspecify.annotations.NullMarked;
