/** Whom to trust over TLS. */
@NullMarked
package io.airbox.power.tls;

import org.jspecify.annotations.NullMarked;
