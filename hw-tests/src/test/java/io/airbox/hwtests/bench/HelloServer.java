package io.airbox.hwtests.bench;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PfxOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The least that Vert.x can do, to compare the daemon with: answers {@code GET /N} with a reply of
 * N bytes on the wire, over HTTP and over TLS, on one event loop as the daemon. Prints its two
 * ports for a line on standard input and ends with it.
 *
 * <p>Arguments: {@code KEYSTORE} (PKCS#12, password {@code changeit}).
 */
public final class HelloServer {
  private static final Map<String, Buffer> BODIES = new ConcurrentHashMap<>();

  private HelloServer() {}

  public static void main(String... arguments) throws IOException {
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    HttpServer plain = await(listen(vertx, new HttpServerOptions()));
    HttpServer secure =
        await(
            listen(
                vertx,
                new HttpServerOptions()
                    .setSsl(true)
                    .setKeyCertOptions(
                        new PfxOptions().setPath(arguments[0]).setPassword("changeit"))));
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    out.println("ready");
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (in.readLine() != null) {
      out.println(plain.actualPort() + " " + secure.actualPort());
    }
    await(vertx.close());
  }

  private static Future<HttpServer> listen(Vertx vertx, HttpServerOptions options) {
    return vertx
        .createHttpServer(options)
        .requestHandler(HelloServer::answer)
        .listen(0, "127.0.0.1");
  }

  private static void answer(HttpServerRequest request) {
    request
        .response()
        .putHeader("Content-Type", "text/plain")
        .end(BODIES.computeIfAbsent(request.path(), HelloServer::body));
  }

  private static Buffer body(String path) {
    int size = Integer.parseInt(path.substring(1));
    int head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\ncontent-length: \r\n\r\n".length();
    int length = Math.max(0, size - head);
    return Buffer.buffer("x".repeat(Math.max(0, length - String.valueOf(length).length())));
  }

  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }
}
