package io.airbox.ota.hawkbit;

import io.airbox.ota.download.DownloadOptions;
import io.airbox.ota.download.Web;
import io.airbox.ota.store.Sacrifice;
import java.net.URI;
import java.util.regex.Pattern;

/**
 * Which hawkBit is asked, and what it may do.
 *
 * @param server its address, as far as it comes before the tenant: {@code https://hawkbit.example}
 * @param tenant {@code DEFAULT} unless the server has several
 * @param controllerId what this box is called there: letters, digits and {@code ._:-}, at most 128
 * @param download how files are fetched; what is assigned as forced does not wait for quiet hours
 * @param sacrifice what may go to make room
 * @param consent whether a deployment that wants to be confirmed is confirmed at once; else {@link
 *     HawkBit#answer} is waited for
 */
public record HawkBitOptions(
    URI server,
    String tenant,
    String controllerId,
    DownloadOptions download,
    Sacrifice sacrifice,
    boolean consent) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._:-]{0,127}");

  /**
   * @throws io.airbox.ota.UpdateException {@code UNREACHABLE}: the address is none, or not allowed
   * @throws IllegalArgumentException a name has other characters
   */
  public HawkBitOptions {
    Web.checked(server, download);
    if (server.getRawQuery() != null || server.getRawFragment() != null) {
      throw new IllegalArgumentException("hawkBit's address must be without ? and #: " + server);
    }
    if (!NAME.matcher(tenant).matches()) {
      throw new IllegalArgumentException("the tenant must be like " + NAME + ", is " + tenant);
    }
    if (!NAME.matcher(controllerId).matches()) {
      throw new IllegalArgumentException(
          "the controller's id must be like " + NAME + ", is " + controllerId);
    }
  }

  /** The address that is polled. */
  URI base() {
    String text = server.toString();
    return URI.create(
        (text.endsWith("/") ? text : text + "/") + tenant + "/controller/v1/" + controllerId);
  }
}
