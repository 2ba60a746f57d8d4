package io.airbox.daemon.access;

import java.util.Optional;
import java.util.Set;

/**
 * Somebody who asks.
 *
 * @param id what jobs and pictures are marked with: {@code owner}, {@code key-<id>}, {@code
 *     session-<16 hex digits>} for a browser without a login, an address for a guest without a
 *     cookie, {@code local} on the owner's socket, {@code local-operator}, {@code local-user} on
 *     the others
 * @param role what they may do
 * @param also other ids whose jobs and pictures are theirs: a browser's address, for what it made
 *     before it had a cookie
 */
public record Actor(String id, Role role, Set<String> also) {
  private static final String KEY = "key-";

  public Actor {
    also = Set.copyOf(also);
  }

  /** The owner, signed in by passphrase. */
  public static Actor owner() {
    return new Actor("owner", Role.OWNER, Set.of());
  }

  /** Whoever has an API key. */
  public static Actor key(String keyId, Role role) {
    return new Actor(KEY + keyId, role, Set.of());
  }

  /** A guest of whom only the address is known. */
  public static Actor guest(String address) {
    return new Actor(address, Role.GUEST, Set.of());
  }

  /**
   * A guest whose browser has the picture cookie.
   *
   * @param session 16 hex digits of the cookie's hash
   */
  public static Actor guest(String session, String address) {
    return new Actor("session-" + session, Role.GUEST, Set.of(address));
  }

  /** Whoever may open the socket of that role. */
  public static Actor local(Role role) {
    return new Actor(role == Role.OWNER ? "local" : "local-" + role.id(), role, Set.of());
  }

  /** The id of the API key that it is; empty for others. */
  public Optional<String> keyId() {
    return id.startsWith(KEY) ? Optional.of(id.substring(KEY.length())) : Optional.empty();
  }

  /**
   * Whether this actor may see, cancel and delete what an actor made: all of it for operators and
   * the owner, else own things only.
   */
  public boolean owns(String maker) {
    return role.atLeast(Role.OPERATOR) || id.equals(maker) || also.contains(maker);
  }
}
