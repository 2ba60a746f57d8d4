package io.airbox.daemon.http;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Addresses of pictures that whoever knows one may fetch for an hour, without a credential: clients
 * hand them on to programs that have none. Held in memory, the newest thousand. Thread-safe.
 */
final class PictureLinks {
  private static final Duration LIFE = Duration.ofHours(1);
  private static final int MOST = 1000;
  private static final int RANDOM_BYTES = 18;
  private static final String PREFIX = "/v1/images/files/";

  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Link> links = new HashMap<>();
  private final Deque<String> order = new ArrayDeque<>();

  PictureLinks(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * What is behind an address.
   *
   * @param picture id in the gallery
   * @param format how it is given out
   * @param end when the address stops working
   */
  record Link(String picture, PictureFormat format, Instant end) {}

  /** Makes a path for a picture. */
  synchronized String add(String picture, PictureFormat format) {
    byte[] secret = new byte[RANDOM_BYTES];
    random.nextBytes(secret);
    String name =
        Base64.getUrlEncoder().withoutPadding().encodeToString(secret) + "." + format.id();
    links.put(name, new Link(picture, format, clock.instant().plus(LIFE)));
    order.add(name);
    while (order.size() > MOST) {
      links.remove(order.remove());
    }
    return PREFIX + name;
  }

  /** Finds what a path's last part leads to, unless its hour is over. */
  synchronized Optional<Link> find(String name) {
    return Optional.ofNullable(links.get(name))
        .filter(link -> clock.instant().isBefore(link.end()));
  }
}
