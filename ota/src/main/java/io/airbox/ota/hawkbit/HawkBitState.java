package io.airbox.ota.hawkbit;

import java.net.URI;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How it stands with hawkBit, for people.
 *
 * @param server its address
 * @param controllerId what this box is called there
 * @param polled when it last answered; null when it has not yet
 * @param next when it is asked again; null while it is being asked
 * @param action what is being done
 * @param consent the action that waits to be confirmed; null when none does
 * @param owed how many outcomes have not reached it
 * @param trouble why the last attempt failed; null when it did not
 * @param since when that trouble began; null without one
 */
public record HawkBitState(
    URI server,
    String controllerId,
    @Nullable Instant polled,
    @Nullable Instant next,
    @Nullable Working action,
    @Nullable String consent,
    int owed,
    @Nullable String trouble,
    @Nullable Instant since) {
  /**
   * An action.
   *
   * @param id the server's
   * @param pack name and version; null until they are known
   * @param step {@code received}, {@code fetched} or {@code activating}
   * @param here bytes that are here; 0 until files are fetched
   * @param all how many there are; 0 until that is known
   */
  public record Working(String id, @Nullable String pack, String step, long here, long all) {}
}
