package io.airbox.daemon.network;

import java.net.InetAddress;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * When somebody else last asked the box, by the box's address that the request came to: proof that
 * the address is reached. Thread-safe; never blocks.
 */
final class Arrivals {
  /** More addresses than a box has; one that comes later is not kept. */
  private static final int MOST = 256;

  private final Map<String, Long> last = new ConcurrentHashMap<>();
  private final LongSupplier nanos;

  /**
   * @param nanos a clock that never goes back
   */
  Arrivals(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /**
   * A request came.
   *
   * @param own the address that it came to
   * @param digits the same as text
   * @param remote where it came from; the machine itself does not count
   */
  void at(InetAddress own, String digits, InetAddress remote) {
    boolean here = remote.isLoopbackAddress() || remote.equals(own);
    if (!here && (last.size() < MOST || last.containsKey(digits))) {
      last.put(digits, nanos.getAsLong());
    }
  }

  /** Seconds since the last one at an address; empty when there was none. */
  OptionalLong secondsSince(String digits) {
    Long at = last.get(digits);
    return at == null
        ? OptionalLong.empty()
        : OptionalLong.of(TimeUnit.NANOSECONDS.toSeconds(nanos.getAsLong() - at));
  }
}
