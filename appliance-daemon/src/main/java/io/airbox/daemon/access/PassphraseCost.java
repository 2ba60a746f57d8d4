package io.airbox.daemon.access;

/**
 * What guessing a passphrase costs: the parameters of Argon2id (RFC 9106).
 *
 * @param memoryKib memory in KiB, 8…1,048,576
 * @param iterations passes over it, 1…100
 * @param lanes degree of parallelism, 1…16; at least 8 KiB each
 */
public record PassphraseCost(int memoryKib, int iterations, int lanes) {
  /**
   * 19 MiB, 2 passes, 1 lane: what OWASP's password storage cheat sheet recommends as a minimum.
   */
  public static final PassphraseCost DEFAULT = new PassphraseCost(19 * 1024, 2, 1);

  public PassphraseCost {
    if (memoryKib < 8 || memoryKib > 1 << 20) {
      throw new IllegalArgumentException("memoryKib must be 8…1048576, was " + memoryKib);
    }
    if (iterations < 1 || iterations > 100) {
      throw new IllegalArgumentException("iterations must be 1…100, was " + iterations);
    }
    if (lanes < 1 || lanes > 16 || memoryKib < 8 * lanes) {
      throw new IllegalArgumentException(
          "lanes must be 1…16 with 8 KiB each, was " + lanes + " with " + memoryKib + " KiB");
    }
  }
}
