package io.airbox.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.daemon.PackPlanner;
import io.airbox.daemon.TestDaemon;
import io.airbox.daemon.jobs.JobPlanner;
import io.airbox.generation.pack.PackFolder;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventLoopTest {
  @TempDir Path data;

  @ParameterizedTest
  @ValueSource(strings = {"/api/v1/jobs", "/v1/images/generations"})
  void planningNeverRunsOnAnEventLoop(String path) throws Exception {
    JobPlanner real = new PackPlanner(PackFolder.open(TestDaemon.models()), "onnx", new Random(1));
    List<Boolean> onEventLoop = new CopyOnWriteArrayList<>();
    JobPlanner watched =
        request -> {
          onEventLoop.add(Context.isOnEventLoopThread());
          return real.plan(request);
        };
    Vertx vertx = Vertx.vertx();
    try (TestRoutes routes = new TestRoutes(data, watched)) {
      HttpVerticle verticle = routes.verticle(data);
      vertx.deployVerticle(verticle).toCompletionStage().toCompletableFuture().get();
      URI uri = URI.create("http://127.0.0.1:" + verticle.port() + path);
      HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(uri)
                  .POST(HttpRequest.BodyPublishers.ofString("{\"prompt\":\"a\"}"))
                  .build(),
              BodyHandlers.ofString());
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get();
    }

    assertThat(onEventLoop).containsExactly(false);
  }

  @Test
  void aSocketPathThatIsTooLongLeavesThePortOnly() throws Exception {
    Path deep = data.resolve("x".repeat(120));
    Vertx vertx = Vertx.vertx();
    try (TestRoutes routes = new TestRoutes(data)) {
      HttpVerticle verticle = routes.verticle(deep);
      vertx.deployVerticle(verticle).toCompletionStage().toCompletableFuture().get();
      assertThat(verticle.port()).isPositive();
      assertThat(deep.resolve("api.sock")).doesNotExist();
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get();
    }
  }
}
