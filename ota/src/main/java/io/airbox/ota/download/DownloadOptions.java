package io.airbox.ota.download;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How files are fetched.
 *
 * @param plainHttp whether addresses without TLS will do; everybody on the way sees then what a box
 *     fetches, but still cannot change it
 * @param bytesPerSecond most bytes a second, 0 for any number
 * @param quiet hours in which nothing is fetched; null for none
 * @param connect how long a server may take to be reached
 * @param stall how long it may take to answer, and to send the next bytes
 * @param slowest fewest bytes a second, over a minute, unless {@code bytesPerSecond} is less
 * @param attempts how often in a row all places may fail without a byte that came
 */
public record DownloadOptions(
    boolean plainHttp,
    long bytesPerSecond,
    @Nullable QuietHours quiet,
    Duration connect,
    Duration stall,
    long slowest,
    int attempts) {
  /** TLS, as fast as it goes, at any time; patient with bad lines. */
  public static final DownloadOptions USUAL =
      new DownloadOptions(
          false, 0, null, Duration.ofSeconds(15), Duration.ofSeconds(30), 1 << 10, 10);

  public DownloadOptions {
    if (bytesPerSecond < 0 || slowest < 0 || attempts < 1) {
      throw new IllegalArgumentException(
          "rates must not be negative and attempts at least 1: "
              + bytesPerSecond
              + ", "
              + slowest
              + ", "
              + attempts);
    }
  }

  /** The same over plain HTTP too. */
  public DownloadOptions withPlainHttp(boolean allowed) {
    return new DownloadOptions(allowed, bytesPerSecond, quiet, connect, stall, slowest, attempts);
  }

  /** The same at most so fast; 0 for any rate. */
  public DownloadOptions withRate(long most) {
    return new DownloadOptions(plainHttp, most, quiet, connect, stall, slowest, attempts);
  }

  /** The same but not in these hours. */
  public DownloadOptions withQuiet(@Nullable QuietHours hours) {
    return new DownloadOptions(plainHttp, bytesPerSecond, hours, connect, stall, slowest, attempts);
  }
}
