package io.airbox.daemon.access;

import org.jspecify.annotations.Nullable;

/** Whether a request may be served, and if not, why. */
public sealed interface Decision {
  /** It may. */
  record Allowed() implements Decision {}

  /**
   * Nobody has said who they are.
   *
   * @param needed the least role
   */
  record Unauthenticated(Role needed) implements Decision {}

  /**
   * The role is too low.
   *
   * @param needed the least role
   * @param had the actor's
   */
  record Forbidden(Role needed, Role had) implements Decision {}

  /** Only where nobody reads along: by HTTPS. */
  record NeedsTls() implements Decision {}

  /** Only on the box itself: recovery needs physical presence. */
  record SocketOnly() implements Decision {}

  /** Nobody has claimed the box yet, and it serves no more than generation till then. */
  record NotClaimed() implements Decision {}

  /**
   * A credential of operators or the owner came in plain text over the network, where others can
   * have read it; whatever it asks for is refused.
   *
   * @param had its role
   */
  record TooPowerful(Role had) implements Decision {}

  /**
   * Judges. The same arguments always give the same decision.
   *
   * @param actor who asks; null, as well as a guest, is nobody in particular
   * @param claimed whether the box has an owner
   * @param guestsWelcome whether guests may make pictures
   */
  static Decision of(
      Rule rule, @Nullable Actor actor, Channel channel, boolean claimed, boolean guestsWelcome) {
    if (rule.demand() == Demand.SOCKET && channel != Channel.SOCKET) {
      return new SocketOnly();
    }
    Role had = actor == null ? Role.GUEST : actor.role();
    if (channel == Channel.LAN) {
      if (had.atLeast(Role.OPERATOR)) {
        return new TooPowerful(had);
      }
      if (rule.demand() == Demand.SECURE) {
        return new NeedsTls();
      }
    }
    Role needed = rule.audience().leastRole(guestsWelcome);
    if (!claimed
        && channel != Channel.SOCKET
        && rule.audience().compareTo(Audience.GENERATION) > 0) {
      return new NotClaimed();
    }
    if (had.atLeast(needed)) {
      return new Allowed();
    }
    return had == Role.GUEST ? new Unauthenticated(needed) : new Forbidden(needed, had);
  }
}
