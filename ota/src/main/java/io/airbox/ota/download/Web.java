package io.airbox.ota.download;

import io.airbox.ota.UpdateException;
import io.airbox.ota.UpdateException.Reason;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.security.cert.CertificateException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Asks servers, and tells what may be tried again from what may not. */
final class Web {
  private static final int MOST_REDIRECTS = 5;

  private final HttpClient client;
  private final DownloadOptions options;
  private final Time time;
  private final Instant floor;

  /** It failed, and may not the next time. */
  static final class PassingException extends IOException {
    private static final long serialVersionUID = 1L;
    private final transient Optional<Duration> retryAfter;

    PassingException(String message) {
      this(message, Optional.empty());
    }

    PassingException(String message, Optional<Duration> retryAfter) {
      super(message);
      this.retryAfter = retryAfter;
    }

    /** When the server wants to be asked again. */
    Optional<Duration> retryAfter() {
      return retryAfter;
    }
  }

  /** This address does not have what is wanted. */
  static final class GoneException extends IOException {
    private static final long serialVersionUID = 1L;

    GoneException(String message) {
      super(message);
    }
  }

  /**
   * @param floor a time that has passed for sure; a clock before it makes every certificate invalid
   */
  Web(DownloadOptions options, Time time, Instant floor) {
    this.options = options;
    this.time = time;
    this.floor = floor;
    client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(options.connect())
            .build();
  }

  /**
   * An address that may be asked.
   *
   * @throws UpdateException {@code UNREACHABLE}: not HTTP(S), without TLS and that is not allowed,
   *     or with a password in it
   */
  static URI checked(URI address, DownloadOptions options) {
    String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
    if (address.getHost() == null || !(scheme.equals("https") || scheme.equals("http"))) {
      throw new UpdateException(
          Reason.UNREACHABLE, "an address must be like https://HOST/PATH, is " + address);
    }
    if (address.getRawUserInfo() != null) {
      throw new UpdateException(
          Reason.UNREACHABLE,
          "an address must not have a user or a password in it: that of " + address.getHost());
    }
    if (scheme.equals("http") && !options.plainHttp()) {
      throw new UpdateException(
          Reason.UNREACHABLE,
          address + " is without TLS; use https, or allow plain HTTP explicitly");
    }
    return address;
  }

  /**
   * Asks for something, and follows where the same host sends.
   *
   * @return an answer with status 200 or 206, whose body the caller closes
   * @throws UpdateException {@code CLOCK_NOT_SET}
   */
  HttpResponse<Body> get(URI address, Map<String, String> headers)
      throws PassingException, GoneException, InterruptedException {
    URI at = address;
    for (int i = 0; i <= MOST_REDIRECTS; i++) {
      HttpResponse<Body> response = send(at, headers);
      int status = response.statusCode();
      if (status == 200 || status == 206) {
        refuseEncoded(at, response);
        return response;
      }
      response.body().close();
      if (status < 300 || status >= 400 || status == 304) {
        refuse(at, response);
      }
      at = next(at, response);
    }
    throw new GoneException(address + " sends round in circles");
  }

  private HttpResponse<Body> send(URI address, Map<String, String> headers)
      throws PassingException, GoneException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address)
            .timeout(options.stall())
            .header("Accept", "application/octet-stream, */*")
            .header("Accept-Encoding", "identity");
    headers.forEach(request::header);
    try {
      return client.send(request.build(), info -> new Body());
    } catch (IOException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof CertificateException) {
          if (time.instant().isBefore(floor)) {
            throw new UpdateException(
                Reason.CLOCK_NOT_SET,
                "this box believes that it is "
                    + time.instant()
                    + ", so that no certificate holds, not that of "
                    + address.getHost()
                    + " either; set its clock or let it reach a time server",
                e);
          }
          throw new GoneException(
              address + " has a certificate that is not trusted: " + words(cause));
        }
      }
      throw new PassingException(address + " " + words(e));
    }
  }

  /** What failed; Java's connection errors often have no message. */
  static String words(Throwable failure) {
    String message = failure.getMessage();
    if (failure instanceof HttpConnectTimeoutException) {
      return "cannot be reached in time";
    }
    if (failure instanceof HttpTimeoutException) {
      return "does not answer in time";
    }
    if (failure instanceof ConnectException) {
      return "cannot be reached" + (message == null ? "" : ": " + message);
    }
    return message == null ? failure.getClass().getSimpleName() : message;
  }

  private void refuseEncoded(URI address, HttpResponse<Body> response) throws GoneException {
    String encoding = response.headers().firstValue("Content-Encoding").orElse("identity");
    if (!encoding.equalsIgnoreCase("identity")) {
      response.body().close();
      throw new GoneException(
          address + " sends it as " + encoding + ", though it was asked for it as it is");
    }
  }

  private void refuse(URI address, HttpResponse<Body> response)
      throws PassingException, GoneException {
    int status = response.statusCode();
    if (status >= 500 || status == 408 || status == 425 || status == 429) {
      throw new PassingException(
          address + " answers " + status, retryAfter(response.headers(), time.instant()));
    }
    String why =
        switch (status) {
          case 404 -> ": it is not there";
          case 410 -> ": it is not there any more";
          case 401, 403 -> ": it is not for this box";
          case 416 -> ": it is shorter than what is here already";
          default -> "";
        };
    throw new GoneException(address + " answers " + status + why);
  }

  private static Optional<Duration> retryAfter(HttpHeaders headers, Instant now) {
    String text = headers.firstValue("Retry-After").orElse("");
    try {
      return Optional.of(Duration.ofSeconds(Integer.parseInt(text)));
    } catch (NumberFormatException noSeconds) {
      try {
        Instant then = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
        return Optional.of(Duration.between(now, then));
      } catch (DateTimeException nothing) {
        return Optional.empty();
      }
    }
  }

  private static URI next(URI from, HttpResponse<Body> response) throws GoneException {
    String location = response.headers().firstValue("Location").orElse("");
    URI to;
    try {
      to = from.resolve(URI.create(location));
    } catch (IllegalArgumentException e) {
      throw new GoneException(from + " sends to an address that is none");
    }
    boolean safer = "https".equalsIgnoreCase(to.getScheme()) && to.getPort() == -1;
    boolean same =
        String.valueOf(from.getScheme()).equalsIgnoreCase(to.getScheme())
            && from.getPort() == to.getPort();
    if (location.isEmpty()
        || !from.getHost().equalsIgnoreCase(to.getHost())
        || to.getRawUserInfo() != null
        || !(same || safer)) {
      throw new GoneException(
          from
              + " sends elsewhere, to "
              + to.getScheme()
              + "://"
              + to.getHost()
              + ", which is not followed; name that address if it is right");
    }
    return to;
  }
}
