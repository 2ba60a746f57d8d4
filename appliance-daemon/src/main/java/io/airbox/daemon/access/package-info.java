/**
 * Who may do what, and who is asking.
 *
 * <p>{@link io.airbox.daemon.access.AccessTable} is the one list of routes and verbs with the
 * {@link io.airbox.daemon.access.Audience} each is for and the {@link
 * io.airbox.daemon.access.Demand} it makes on the channel; {@link
 * io.airbox.daemon.access.Decision#of} judges a request by a rule and nothing else. {@link
 * io.airbox.daemon.access.Access} knows the owner, API keys and sessions, keeps them under {@code
 * DATA/keys}, and writes what happened into the {@link io.airbox.daemon.access.AuditLog}. Nothing
 * here knows HTTP.
 *
 * <p>Asking ({@code session}, {@code key}, {@code claimed}, {@code guests}, decisions) is quick and
 * fits an event loop; everything that changes something waits for the disk, and what handles a
 * passphrase also computes for tens to hundreds of milliseconds. All of it is thread-safe.
 *
 * <pre>{@code
 * Rule rule = AccessTable.AIRBOX.rule("GET", "/api/v1/keys").orElseThrow();
 * Identity identity = access.key(bearer);
 * Decision decision = access.decide(rule, identity.actor(), Channel.TLS);
 * if (decision instanceof Decision.Forbidden forbidden) {
 *   refuse(forbidden.needed());
 * }
 * }</pre>
 */
@NullMarked
package io.airbox.daemon.access;

import org.jspecify.annotations.NullMarked;
