package io.airbox.daemon.access;

/**
 * Who asks for a change, from where and how: what limits count by and the audit log names.
 *
 * @param actor a guest where nobody has signed in
 * @param address the remote address without a port; {@code socket} for a Unix socket
 */
public record Caller(Actor actor, String address, Channel channel) {
  /** Whether it is the owner by right of being on the box. */
  boolean present() {
    return channel == Channel.SOCKET && actor.role() == Role.OWNER;
  }
}
