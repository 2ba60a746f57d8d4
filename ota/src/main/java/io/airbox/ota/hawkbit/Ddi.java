package io.airbox.ota.hawkbit;

import io.airbox.ota.UpdateException;
import io.airbox.ota.UpdateException.Reason;
import io.airbox.ota.document.StrictJson;
import io.airbox.ota.download.Login;
import io.airbox.ota.download.Time;
import io.airbox.ota.download.Web;
import io.airbox.ota.download.Web.GoneException;
import io.airbox.ota.download.Web.PassingException;
import io.airbox.ota.hawkbit.Offer.Cancel;
import io.airbox.ota.hawkbit.Offer.Confirmation;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The requests of DDI v1. Addresses are those that the server gave; only what lies below them is
 * built here. Each method throws what {@link Web#exchange} does, and {@code MALFORMED} for an
 * answer that is none.
 */
final class Ddi {
  private static final int LONGEST_OFFER = 64 << 10;
  private static final int LONGEST_ORDER = 8 << 20;

  private final HawkBitOptions options;
  private final Web web;

  /** Attributes of a box. */
  private record ConfigData(String mode, Map<String, String> data) {}

  /** The answer to a wish for consent. */
  private record ConsentFeedback(String confirmation, List<String> details) {}

  Ddi(HawkBitOptions options, Token token, Time time, Instant floor) {
    this.options = options;
    this.web =
        new Web(options.download(), new Login(options.server(), token::authorization), time, floor);
  }

  /** What fetches files of this server. */
  Web web() {
    return web;
  }

  Offer poll() throws PassingException, GoneException, InterruptedException {
    return read(options.base(), Offer.class, "the answer to the poll", LONGEST_OFFER);
  }

  Order order(String href) throws PassingException, GoneException, InterruptedException {
    return read(own(href), Order.class, "the deployment", LONGEST_ORDER);
  }

  Cancel cancel(String href) throws PassingException, GoneException, InterruptedException {
    return read(own(href), Cancel.class, "the order to cancel", LONGEST_OFFER);
  }

  Confirmation confirmation(String href)
      throws PassingException, GoneException, InterruptedException {
    return read(own(href), Confirmation.class, "the wish for consent", LONGEST_ORDER);
  }

  /** Where an action's feedback goes. */
  static String feedbackOf(String href) {
    int query = href.indexOf('?');
    return (query < 0 ? href : href.substring(0, query)) + "/feedback";
  }

  void tell(String address, Feedback feedback)
      throws PassingException, GoneException, InterruptedException {
    write("POST", address, feedback);
  }

  void consent(String href, boolean given, String words)
      throws PassingException, GoneException, InterruptedException {
    write(
        "POST",
        feedbackOf(href),
        new ConsentFeedback(given ? "confirmed" : "denied", List.of(words)));
  }

  /**
   * Tells attributes.
   *
   * @param href where; null when the server did not say, as it does only when it asks for them
   * @param mode {@code merge} or {@code remove}
   */
  void configData(@Nullable String href, String mode, Map<String, String> data)
      throws PassingException, GoneException, InterruptedException {
    String known = options.base() + "/" + Offer.CONFIG_DATA;
    write("PUT", href == null ? known : href, new ConfigData(mode, data));
  }

  private <T> T read(URI address, Class<T> type, String what, int longest)
      throws PassingException, GoneException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address)
            .timeout(options.download().stall())
            .header("Accept", "application/hal+json, application/json");
    byte[] json = web.exchange(request, longest);
    try {
      return StrictJson.read(json, type, what, longest);
    } catch (UpdateException e) {
      throw e.of(address.toString());
    }
  }

  private void write(String method, String address, Object document)
      throws PassingException, GoneException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(own(address))
            .timeout(options.download().stall())
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofByteArray(StrictJson.write(document)));
    byte[] unused = web.exchange(request, LONGEST_OFFER);
  }

  /** An address of this server, which alone is told anything. */
  private URI own(String href) {
    URI address;
    try {
      address = options.base().resolve(URI.create(href));
    } catch (IllegalArgumentException e) {
      throw new UpdateException(Reason.MALFORMED, "hawkBit gives an address that is none", e);
    }
    if (address.getRawUserInfo() != null || !Login.sameOrigin(options.server(), address)) {
      throw new UpdateException(
          Reason.UNREACHABLE,
          options.server()
              + " sends to "
              + address.getScheme()
              + "://"
              + address.getRawAuthority()
              + ", which is not asked. Behind a proxy hawkBit has to know the name that it is asked"
              + " by: server.forward-headers-strategy=native, and X-Forwarded-Proto, -Host, -Port");
    }
    return address;
  }
}
