package io.airbox.daemon.cli;

import io.airbox.daemon.tls.client.BoxIdentityException;
import io.airbox.daemon.tls.client.BoxTrust;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.TrustOptions;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Talks to a daemon over its local socket or over TCP. Blocking. It is Vert.x's client, since the
 * JDK's does not speak over Unix sockets. It follows no redirect: a credential goes where it was
 * meant to go, or nowhere.
 */
final class DaemonClient implements AutoCloseable {
  private static final int TLS_REQUIRED = 307;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Vertx vertx;
  private final HttpClient client;
  private final SocketAddress server;
  private final String host;
  private final int port;
  private final boolean tls;
  private final boolean confidential;
  private final @Nullable String key;

  private DaemonClient(
      SocketAddress server,
      String host,
      int port,
      boolean confidential,
      @Nullable String key,
      @Nullable BoxTrust trust) {
    this.server = server;
    this.host = host;
    this.port = port;
    this.tls = trust != null;
    this.confidential = confidential;
    this.key = key;
    vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                // that a busy machine was slow is no news to whoever reads the output
                .setBlockedThreadCheckInterval(1)
                .setBlockedThreadCheckIntervalUnit(TimeUnit.DAYS)
                .setFileSystemOptions(
                    new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false)));
    HttpClientOptions options = new HttpClientOptions();
    if (trust != null) {
      options.setSsl(true).setVerifyHost(true).setTrustOptions(TrustOptions.wrap(trust));
    }
    client = vertx.createHttpClient(options);
  }

  /** A daemon of this machine. */
  static DaemonClient on(Path socket) {
    return new DaemonClient(
        SocketAddress.domainSocketAddress(socket.toAbsolutePath().toString()),
        "localhost",
        80,
        true,
        null,
        null);
  }

  /**
   * A daemon in the network.
   *
   * @param key API key; null for a guest
   * @param trust whose certificate is believed; null without TLS
   */
  static DaemonClient at(DaemonUrl address, @Nullable String key, @Nullable BoxTrust trust) {
    return new DaemonClient(
        SocketAddress.inetSocketAddress(address.port(), address.host()),
        address.host(),
        address.port(),
        address.confidential(),
        key,
        trust);
  }

  /** A reply, read whole. */
  private record Answer(int status, MultiMap headers, Buffer body) {}

  /** Whether a daemon is there. */
  boolean answers() {
    try {
      return send(HttpMethod.GET, "/healthz", null).status() == 200;
    } catch (CommandFailure e) {
      return false;
    }
  }

  /**
   * Says hello.
   *
   * @throws CommandFailure nobody is there, or it is not whom we want to talk to
   */
  void greet() {
    refuse(send(HttpMethod.GET, "/healthz", null));
  }

  /**
   * Refuses to send a secret where others can read it.
   *
   * @param secret what it is
   * @throws CommandFailure the connection is plain http to another machine
   */
  void requireConfidential(String secret) {
    if (!confidential) {
      throw new CommandFailure(
          ExitCodes.USAGE,
          "everybody on the way to "
              + host
              + " could read "
              + secret
              + " over plain http; use --host https://…");
    }
  }

  JsonObject get(String path) {
    return json(send(HttpMethod.GET, path, null));
  }

  byte[] bytes(String path) {
    Answer answer = send(HttpMethod.GET, path, null);
    refuse(answer);
    return answer.body().getBytes();
  }

  JsonObject post(String path, JsonObject body) {
    return json(send(HttpMethod.POST, path, body.toBuffer()));
  }

  /** Where the answer takes longer than usual. */
  JsonObject post(String path, JsonObject body, Duration patience) {
    return json(send(HttpMethod.POST, path, body.toBuffer(), patience));
  }

  JsonObject put(String path, JsonObject body) {
    return json(send(HttpMethod.PUT, path, body.toBuffer()));
  }

  /** The same where the answer may take long. */
  JsonObject put(String path, JsonObject body, Duration patience) {
    return json(send(HttpMethod.PUT, path, body.toBuffer(), patience));
  }

  JsonObject delete(String path) {
    return json(send(HttpMethod.DELETE, path, null));
  }

  /** Where the answer takes longer than usual. */
  JsonObject delete(String path, Duration patience) {
    return json(send(HttpMethod.DELETE, path, null, patience));
  }

  private Answer send(HttpMethod method, String path, @Nullable Buffer body) {
    return send(method, path, body, PATIENCE);
  }

  private Answer send(HttpMethod method, String path, @Nullable Buffer body, Duration patience) {
    return await(
        patience,
        onLoop(
            () ->
                client
                    .request(options(method, path))
                    .compose(request -> send(request, body))
                    .compose(
                        response ->
                            response
                                .body()
                                .map(
                                    buffer ->
                                        new Answer(
                                            response.statusCode(), response.headers(), buffer)))));
  }

  private static Future<HttpClientResponse> send(HttpClientRequest request, @Nullable Buffer body) {
    return body == null
        ? request.send()
        : request.putHeader("Content-Type", "application/json").send(body);
  }

  /**
   * Starts an exchange on the event loop, where nothing can arrive before its handlers are set; on
   * the caller's thread a quick reply's body would be gone.
   */
  private <T> Future<T> onLoop(Supplier<Future<T>> exchange) {
    Promise<T> end = Promise.promise();
    vertx.runOnContext(nothing -> exchange.get().onComplete(end));
    return end.future();
  }

  private RequestOptions options(HttpMethod method, String path) {
    RequestOptions options =
        new RequestOptions()
            .setServer(server)
            .setHost(host)
            .setPort(port)
            .setSsl(tls)
            .setMethod(method)
            .setURI(path);
    if (key != null) {
      options.putHeader(HttpHeaders.AUTHORIZATION, "Bearer " + key);
    }
    return options;
  }

  /**
   * Follows a job to its end.
   *
   * @param changed told the job, on another thread
   * @return the job as it ended
   */
  JsonObject follow(String path, Consumer<JsonObject> changed) {
    CompletableFuture<JsonObject> end = new CompletableFuture<>();
    Future<Void> unused =
        onLoop(
            () ->
                client
                    .request(options(HttpMethod.GET, path))
                    .compose(request -> request.send())
                    .onSuccess(response -> follow(response, changed, end))
                    .onFailure(end::completeExceptionally)
                    .mapEmpty());
    try {
      return end.get();
    } catch (ExecutionException e) {
      throw lost(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure(ExitCodes.FAILED, "interrupted", e);
    }
  }

  private void follow(
      HttpClientResponse response,
      Consumer<JsonObject> changed,
      CompletableFuture<JsonObject> end) {
    if (response.statusCode() != 200) {
      Future<Void> unused =
          response
              .body()
              .onFailure(end::completeExceptionally)
              .onSuccess(
                  body -> {
                    try {
                      json(new Answer(response.statusCode(), response.headers(), body));
                      end.completeExceptionally(new IllegalStateException("no event stream"));
                    } catch (CommandFailure e) {
                      end.completeExceptionally(e);
                    }
                  })
              .mapEmpty();
      return;
    }
    EventReader events =
        new EventReader(
            (event, data) -> {
              if (event.equals("job")) {
                JsonObject job = new JsonObject(data);
                changed.accept(job);
                if (!job.getString("status").matches("queued|running")) {
                  end.complete(job);
                }
              }
            });
    response.exceptionHandler(end::completeExceptionally);
    response.handler(chunk -> events.accept(chunk.toString()));
    response.endHandler(
        nothing ->
            end.completeExceptionally(
                new IllegalStateException("the daemon closed the stream before the job ended")));
  }

  private JsonObject json(Answer answer) {
    refuse(answer);
    if (answer.body().length() == 0) {
      return new JsonObject();
    }
    try {
      return answer.body().toJsonObject();
    } catch (DecodeException e) {
      throw new CommandFailure(
          ExitCodes.FAILED, "what answers at " + host + ":" + port + " is no AirBox daemon", e);
    }
  }

  private void refuse(Answer answer) {
    if (answer.status() < 300) {
      return;
    }
    JsonObject problem = problem(answer.body());
    String code = problem.getString("code", "");
    String detail =
        answer.status() == TLS_REQUIRED
            ? "this works over HTTPS only; use --host " + secured(answer.headers())
            : problem.getString("detail", "the daemon replied with status " + answer.status())
                + advice(code);
    JsonArray findings = problem.getJsonArray("findings");
    throw new CommandFailure(
        exitCode(answer.status(), code),
        code,
        findings == null
            ? Table.harmless(detail)
            : NetworkText.refusal("the change is refused", findings),
        null);
  }

  private static JsonObject problem(Buffer body) {
    if (body.length() > 0 && body.getByte(0) == '{') {
      try {
        return body.toJsonObject();
      } catch (DecodeException e) {
        return new JsonObject();
      }
    }
    return new JsonObject();
  }

  /** What to try, where only this side knows. */
  private String advice(String code) {
    return switch (code) {
      case "UNAUTHENTICATED" -> key == null ? " (--key-file FILE, or the variable AIRBOX_KEY)" : "";
      case "FORBIDDEN" -> server.isDomainSocket() ? " (through " + server.path() + ")" : "";
      case "NOT_CLAIMED" -> " (`airbox claim`)";
      default -> "";
    };
  }

  /** Where a redirect points, without the path; it is told and not followed. */
  private static String secured(MultiMap headers) {
    String location = headers.get(HttpHeaders.LOCATION);
    try {
      URI uri = new URI(location == null ? "" : location);
      return "https".equals(uri.getScheme()) ? "https://" + uri.getRawAuthority() : "https://…";
    } catch (URISyntaxException e) {
      return "https://…";
    }
  }

  /** The same as without a daemon. */
  private static int exitCode(int status, String code) {
    return switch (status) {
      case 400 -> ExitCodes.USAGE;
      case TLS_REQUIRED, 401, 403 -> ExitCodes.NOT_ALLOWED;
      case 404 -> code.equals("UNKNOWN_PACK") ? ExitCodes.USAGE : ExitCodes.FAILED;
      case 429 -> ExitCodes.BUSY;
      default -> ExitCodes.FAILED;
    };
  }

  private static <T> T await(Duration patience, Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw lost(e.getCause());
    } catch (TimeoutException e) {
      throw new CommandFailure(
          ExitCodes.UNREACHABLE,
          "the daemon does not answer within " + patience.toSeconds() + " s",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure(ExitCodes.FAILED, "interrupted", e);
    }
  }

  private static CommandFailure lost(@Nullable Throwable cause) {
    if (cause instanceof CommandFailure failure) {
      return failure;
    }
    Optional<BoxIdentityException> stranger = BoxIdentityException.in(cause);
    if (stranger.isPresent()) {
      return new CommandFailure(
          ExitCodes.UNKNOWN_BOX, String.valueOf(stranger.get().getMessage()), cause);
    }
    return new CommandFailure(
        ExitCodes.UNREACHABLE,
        "the connection to the daemon failed: " + (cause == null ? "" : cause.getMessage()),
        cause);
  }

  @Override
  public void close() {
    // the process ends soon; the loop's threads are not worth waiting for
    vertx.close();
  }
}
