package io.airbox.ota.download;

import io.airbox.ota.UpdateException;
import io.airbox.ota.UpdateException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks servers, and tells what may be tried again from what may not. */
public final class Web {
  private static final int MOST_REDIRECTS = 5;
  private static final int LONGEST_COMPLAINT = 4 << 10;
  private static final Duration LONGEST_DOCUMENT = Duration.ofMinutes(1);

  private final HttpClient client;
  private final DownloadOptions options;
  private final @Nullable Login login;
  private final Time time;
  private final Instant floor;

  /** It failed, and may not the next time. */
  public static final class PassingException extends IOException {
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
    public Optional<Duration> retryAfter() {
      return retryAfter;
    }
  }

  /** This address does not have, or not take, what is wanted. */
  public static final class GoneException extends IOException {
    private static final long serialVersionUID = 1L;
    private final int status;

    GoneException(String message) {
      this(message, 0);
    }

    GoneException(String message, int status) {
      super(message);
      this.status = status;
    }

    /** The HTTP status that said so; 0 when it was not one. */
    public int status() {
      return status;
    }
  }

  /**
   * @param floor a time that has passed for sure; a clock before it makes every certificate invalid
   */
  public Web(DownloadOptions options, Time time, Instant floor) {
    this(options, null, time, floor);
  }

  /**
   * @param login shown to its server; documents are then also fetched from where that sends, which
   *     is not shown it
   * @param floor a time that has passed for sure
   */
  public Web(DownloadOptions options, @Nullable Login login, Time time, Instant floor) {
    this.options = options;
    this.login = login;
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
  public static URI checked(URI address, DownloadOptions options) {
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
        refuse(at, response, "");
      }
      at = next(at, response);
    }
    throw new GoneException(address + " sends round in circles");
  }

  /**
   * A short document.
   *
   * @param longest most bytes that it may have
   * @throws UpdateException {@code UNREACHABLE}, {@code MALFORMED} when it is longer, {@code
   *     CLOCK_NOT_SET}
   */
  public byte[] document(URI address, int longest) throws InterruptedException {
    try (Body body = get(address, Map.of()).body()) {
      return read(body, address, longest);
    } catch (PassingException | GoneException e) {
      throw new UpdateException(Reason.UNREACHABLE, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new UpdateException(Reason.UNREACHABLE, address + " " + words(e), e);
    }
  }

  private byte[] read(Body body, URI address, int longest)
      throws IOException, InterruptedException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    long begun = time.nanos();
    for (List<ByteBuffer> pieces = body.next(options.stall());
        !pieces.isEmpty();
        pieces = body.next(options.stall())) {
      for (ByteBuffer piece : pieces) {
        byte[] some = new byte[piece.remaining()];
        piece.get(some);
        bytes.writeBytes(some);
      }
      if (bytes.size() > longest) {
        throw new UpdateException(
            Reason.MALFORMED,
            address + " has more than the " + longest + " bytes that it may have");
      }
      if (time.nanos() - begun > LONGEST_DOCUMENT.toNanos()) {
        throw new IOException("takes longer than a minute for it");
      }
    }
    return bytes.toByteArray();
  }

  /**
   * Asks an interface something. Nobody is followed elsewhere.
   *
   * @param request with method, type and how long the answer may take
   * @param longest most bytes that the answer may have
   * @return the answer to a status of 2xx
   * @throws PassingException it may be repeated
   * @throws GoneException it was refused, with the server's words where it has some
   * @throws UpdateException {@code CLOCK_NOT_SET}; {@code MALFORMED}: the answer is longer
   */
  public byte[] exchange(HttpRequest.Builder request, int longest)
      throws PassingException, GoneException, InterruptedException {
    HttpResponse<Body> response = send(request);
    URI address = response.request().uri();
    int status = response.statusCode();
    try (Body body = response.body()) {
      if (status / 100 == 2) {
        refuseEncoded(address, response);
        return read(body, address, longest);
      }
      if (status / 100 == 3) {
        throw new GoneException(
            address
                + " sends elsewhere, to "
                + response.headers().firstValue("Location").orElse("nowhere")
                + ", which is not followed; name that address if it is right",
            status);
      }
      refuse(address, response, complaint(body, address));
    } catch (PassingException | GoneException e) {
      throw e;
    } catch (IOException e) {
      throw new PassingException(address + " " + words(e));
    }
    throw new IllegalStateException("a refusal throws");
  }

  /** What a server says besides a status of failure, on one line. */
  private String complaint(Body body, URI address) throws InterruptedException {
    try {
      String text = new String(read(body, address, LONGEST_COMPLAINT), StandardCharsets.UTF_8);
      return text.isBlank() ? "" : ": " + text.strip().replaceAll("\\p{Cntrl}+", " ");
    } catch (IOException | UpdateException unread) {
      return "";
    }
  }

  private HttpResponse<Body> send(URI address, Map<String, String> headers)
      throws PassingException, GoneException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address)
            .timeout(options.stall())
            .header("Accept", "application/octet-stream, */*");
    headers.forEach(request::header);
    return send(request);
  }

  private HttpResponse<Body> send(HttpRequest.Builder builder)
      throws PassingException, GoneException, InterruptedException {
    builder.header("Accept-Encoding", "identity");
    URI address = builder.build().uri();
    if (login != null && login.isFor(address)) {
      builder.header("Authorization", login.authorization().get());
    }
    try {
      return client.send(builder.build(), info -> new Body());
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

  private void refuse(URI address, HttpResponse<Body> response, String said)
      throws PassingException, GoneException {
    int status = response.statusCode();
    if (status >= 500 || status == 408 || status == 425 || status == 429) {
      throw new PassingException(
          address + " answers " + status + said, retryAfter(response.headers(), time.instant()));
    }
    String why =
        switch (status) {
          case 404 -> ": it is not there";
          case 410 -> ": it is not there any more";
          case 401, 403 -> ": it is not for this box";
          case 416 -> ": it is shorter than what is here already";
          default -> "";
        };
    throw new GoneException(address + " answers " + status + (said.isEmpty() ? why : said), status);
  }

  /**
   * A server with a login hands out addresses of stores of files. They are not shown the login, and
   * what they send is held to what was signed.
   */
  private boolean mayFollow(URI from, URI to) {
    String scheme = String.valueOf(to.getScheme()).toLowerCase(Locale.ROOT);
    boolean plain = scheme.equals("http") && "http".equalsIgnoreCase(from.getScheme());
    return to.getHost() != null
        && to.getRawUserInfo() == null
        && (scheme.equals("https") || (plain && options.plainHttp()));
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

  private URI next(URI from, HttpResponse<Body> response) throws GoneException {
    String location = response.headers().firstValue("Location").orElse("");
    URI to;
    try {
      to = from.resolve(URI.create(location));
    } catch (IllegalArgumentException e) {
      throw new GoneException(from + " sends to an address that is none");
    }
    if (login != null && mayFollow(from, to)) {
      return to;
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
