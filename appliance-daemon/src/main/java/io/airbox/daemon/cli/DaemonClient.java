package io.airbox.daemon.cli;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Talks to a daemon over its local socket or over TCP. Blocking. It is Vert.x's client, since the
 * JDK's does not speak over Unix sockets.
 */
final class DaemonClient implements AutoCloseable {
  private final Vertx vertx;
  private final HttpClient client;
  private final SocketAddress server;
  private final String host;
  private final int port;

  private DaemonClient(SocketAddress server, String host, int port) {
    this.server = server;
    this.host = host;
    this.port = port;
    vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setFileSystemOptions(
                    new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false)));
    client = vertx.createHttpClient();
  }

  /** A daemon of this machine. */
  static DaemonClient on(Path socket) {
    return new DaemonClient(
        SocketAddress.domainSocketAddress(socket.toAbsolutePath().toString()), "localhost", 80);
  }

  /** A daemon at a URL. */
  static DaemonClient at(URI uri) {
    int port = uri.getPort() < 0 ? 80 : uri.getPort();
    return new DaemonClient(
        SocketAddress.inetSocketAddress(port, uri.getHost()), uri.getHost(), port);
  }

  /** A reply, read whole. */
  private record Answer(int status, Buffer body) {}

  /** Whether a daemon is there. */
  boolean answers() {
    try {
      return send(HttpMethod.GET, "/healthz", null).status() == 200;
    } catch (CommandFailure e) {
      return false;
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

  private Answer send(HttpMethod method, String path, @Nullable Buffer body) {
    return await(
        onLoop(
            () ->
                client
                    .request(options(method, path))
                    .compose(request -> send(request, body))
                    .compose(
                        response ->
                            response
                                .body()
                                .map(buffer -> new Answer(response.statusCode(), buffer)))));
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
    return new RequestOptions()
        .setServer(server)
        .setHost(host)
        .setPort(port)
        .setMethod(method)
        .setURI(path);
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
                    .onSuccess(response -> read(response, changed, end))
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

  private static void read(
      HttpClientResponse response,
      Consumer<JsonObject> changed,
      CompletableFuture<JsonObject> end) {
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

  private static JsonObject json(Answer answer) {
    refuse(answer);
    return answer.body().toJsonObject();
  }

  private static void refuse(Answer answer) {
    if (answer.status() < 400) {
      return;
    }
    String detail = "the daemon replied with status " + answer.status();
    String code = "";
    if (answer.body().length() > 0 && answer.body().getByte(0) == '{') {
      JsonObject problem = answer.body().toJsonObject();
      detail = problem.getString("detail", detail);
      code = problem.getString("code", code);
    }
    throw new CommandFailure(exitCode(answer.status(), code), detail);
  }

  /** The same as without a daemon. */
  private static int exitCode(int status, String code) {
    return switch (status) {
      case 400 -> ExitCodes.USAGE;
      case 404 -> code.equals("UNKNOWN_PACK") ? ExitCodes.USAGE : ExitCodes.FAILED;
      case 429 -> ExitCodes.BUSY;
      default -> ExitCodes.FAILED;
    };
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw lost(e.getCause());
    } catch (TimeoutException e) {
      throw new CommandFailure(
          ExitCodes.UNREACHABLE, "the daemon does not answer within a minute", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure(ExitCodes.FAILED, "interrupted", e);
    }
  }

  private static CommandFailure lost(@Nullable Throwable cause) {
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
