package io.airbox.daemon.cli;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Answers as it is told, for answers that a real daemon gives only when something is wrong. */
final class ScriptedDaemon implements AutoCloseable {
  private static final Answer NOTHING =
      new Answer(404, Map.of(), "{\"code\":\"NOT_FOUND\",\"detail\":\"nothing is here\"}");

  /** What arrived: {@code GET /path body}. */
  final List<String> requests = new CopyOnWriteArrayList<>();

  final String url;
  private final Vertx vertx = Vertx.vertx();
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();

  private record Answer(int status, Map<String, String> headers, String body) {}

  /**
   * Listens on a port and on sockets.
   *
   * @param sockets names of sockets in the folder
   */
  ScriptedDaemon(Path folder, String... sockets) {
    on("GET /healthz", 200, new JsonObject());
    HttpServer tcp = vertx.createHttpServer().requestHandler(this::answer);
    await(tcp.listen(0, "127.0.0.1"));
    url = "http://127.0.0.1:" + tcp.actualPort();
    for (String socket : sockets) {
      await(
          vertx
              .createHttpServer()
              .requestHandler(this::answer)
              .listen(SocketAddress.domainSocketAddress(folder.resolve(socket).toString())));
    }
  }

  private static void await(Future<?> future) {
    future.toCompletionStage().toCompletableFuture().join();
  }

  ScriptedDaemon on(String request, int status, JsonObject body) {
    return on(request, status, Map.of(), body);
  }

  ScriptedDaemon on(String request, int status, Map<String, String> headers, JsonObject body) {
    return on(request, status, headers, body.encode());
  }

  ScriptedDaemon on(String request, int status, Map<String, String> headers, String body) {
    answers.put(request, new Answer(status, headers, body));
    return this;
  }

  private void answer(HttpServerRequest request) {
    String line = request.method() + " " + request.uri();
    String credential = request.getHeader("Authorization");
    Future<?> unused =
        request
            .body()
            .onSuccess(
                body -> {
                  requests.add(
                      (line + " " + body).strip()
                          + (credential == null ? "" : " as " + credential));
                  Answer answer = answers.getOrDefault(line, NOTHING);
                  answer.headers().forEach(request.response()::putHeader);
                  request.response().setStatusCode(answer.status()).end(answer.body());
                });
  }

  @Override
  public void close() {
    await(vertx.close());
  }
}
