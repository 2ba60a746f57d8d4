package io.airbox.daemon.access;

import java.time.Instant;

/**
 * The code by which the box can be claimed now. Whoever can read it, on the console or in the
 * journal, has the box in their hands.
 *
 * @param code {@code XXXX-XXXX}
 * @param expires when it is replaced
 */
public record ClaimOffer(String code, Instant expires) {}
