package io.airbox.daemon.access;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;

/** A process that claims a box and makes keys until it is killed, and says what it has made. */
final class KeyMaker {
  static final String PASSPHRASE = "claimed before the kill";

  private KeyMaker() {}

  @SuppressWarnings("SystemOut")
  public static void main(String[] arguments) {
    Caller owner = new Caller(Actor.local(Role.OWNER), "socket", Channel.SOCKET);
    Access access =
        Access.open(
            Path.of(arguments[0]),
            AccessTest.cheap(),
            InstantSource.system(),
            new SecureRandom(),
            offer -> {});
    if (!access.claimed()) {
      access.claim(owner, null, PASSPHRASE.toCharArray());
    }
    System.out.println("claimed");
    while (true) {
      System.out.println(
          access.addKey(owner, new KeyRequest("k", Role.USER, null, null, null)).secret());
    }
  }
}
