package io.airbox.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.airbox.daemon.TestDaemon;
import io.airbox.generation.Infotext;
import io.airbox.generation.image.Png;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobsApiTest {
  @TempDir Path data;
  private TestDaemon daemon;

  @BeforeEach
  void start() throws Exception {
    daemon =
        TestDaemon.start(
            data,
            Map.of(
                "jobs.queue.limit", "6", "jobs.owner.limit", "3", "http.sse.heartbeat", "200ms"));
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  @Test
  void aJobIsAcceptedRunsAndLeavesPicturesInTheGallery() throws Exception {
    HttpResponse<String> accepted =
        daemon.post("/api/v1/jobs", "{\"prompt\":\"a red apple\",\"seed\":7,\"count\":2}");
    assertThat(accepted.statusCode()).isEqualTo(202);
    String location = accepted.headers().firstValue("Location").orElseThrow();

    JsonObject job = daemon.finished(location.substring(location.lastIndexOf('/') + 1));

    assertThat(job.getString("status")).isEqualTo("completed");
    assertThat(job.getJsonObject("settings").getString("sampler")).isEqualTo("ddim");
    JsonArray pictures = job.getJsonArray("pictures");
    assertThat(pictures).hasSize(2);
    assertThat(pictures.getJsonObject(1).getLong("seed")).isEqualTo(8);
    String url = pictures.getJsonObject(0).getString("url");
    HttpResponse<byte[]> png =
        daemon.client().send(daemon.request(url).build(), BodyHandlers.ofByteArray());
    assertThat(png.headers().firstValue("Content-Type")).contains("image/png");
    assertThat(Png.texts(png.body()).get(Infotext.KEYWORD)).startsWith("a red apple");
    JsonObject gallery = daemon.json("/api/v1/pictures?limit=1");
    assertThat(gallery.getJsonArray("pictures")).hasSize(1);
    assertThat(gallery.getInteger("count")).isEqualTo(2);
    String tag = png.headers().firstValue("ETag").orElseThrow();
    assertThat(daemon.send(daemon.request(url).header("If-None-Match", tag)).statusCode())
        .isEqualTo(304);
  }

  @Test
  void theEventStreamBeginsWithTheJobAndEndsWithItsEnd() throws Exception {
    String id = daemon.submit("{\"prompt\":\"step\",\"steps\":8}");
    HttpResponse<InputStream> stream = openEvents(id);
    StringBuilder seen = new StringBuilder();
    try (InputStream in = stream.body()) {
      daemon.maker.release();
      while (seen.indexOf("event: preview\ndata: {\"picture\":0,\"step\":1,\"png\":\"iVBOR") < 0) {
        seen.append((char) in.read());
      }
      for (int step = 2; step <= 8; step++) {
        daemon.maker.release();
      }
      seen.append(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }

    assertThat(seen.toString())
        .startsWith(":\n\nevent: job\ndata: {\"id\":\"" + id)
        .endsWith("\n\n");
    assertThat(seen.substring(seen.lastIndexOf("event: ")))
        .startsWith("event: job")
        .contains("\"status\":\"completed\"");
  }

  private HttpResponse<InputStream> openEvents(String id) throws Exception {
    return daemon
        .client()
        .send(
            daemon.request("/api/v1/jobs/" + id + "/events").build(), BodyHandlers.ofInputStream());
  }

  @Test
  void aQuietStreamSaysThatItIsAlive() throws Exception {
    String id = daemon.submit("{\"prompt\":\"hold it\",\"preview\":false}");
    HttpResponse<InputStream> stream = openEvents(id);
    StringBuilder seen = new StringBuilder();
    try (InputStream in = stream.body()) {
      while (!seen.toString().endsWith("\n\n:\n\n:\n\n")) {
        seen.append((char) in.read());
      }
    }
    daemon.maker.release();
    assertThat(daemon.finished(id).getString("status")).isEqualTo("completed");
  }

  @Test
  void aWatcherThatLeavesCancelsOnlyAJobThatAskedForIt() throws Exception {
    String bound = daemon.submit("{\"prompt\":\"hold it\",\"cancel_on_disconnect\":true}");
    leave(bound);
    await()
        .until(() -> daemon.json("/api/v1/jobs/" + bound).getString("status").equals("cancelled"));

    String free = daemon.submit("{\"prompt\":\"hold it\"}");
    leave(free);
    daemon.maker.release();
    assertThat(daemon.finished(free).getString("status")).isEqualTo("completed");
  }

  private void leave(String id) throws Exception {
    HttpResponse<InputStream> stream = openEvents(id);
    try (InputStream in = stream.body()) {
      in.readNBytes(100);
    }
  }

  @Test
  void aRunningJobIsCancelledOnceAndAnEndedOneIsNot() {
    String id = daemon.submit("{\"prompt\":\"hold it\"}");
    await().until(() -> daemon.json("/api/v1/jobs/" + id).getString("status").equals("running"));

    assertThat(daemon.post("/api/v1/jobs/" + id + "/cancel", "").statusCode()).isEqualTo(200);
    assertThat(daemon.finished(id).getString("status")).isEqualTo("cancelled");
    HttpResponse<String> again = daemon.post("/api/v1/jobs/" + id + "/cancel", "");
    assertThat(again.statusCode()).isEqualTo(409);
    assertThat(again.body()).contains("JOB_ENDED").contains("cancelled");
    assertThat(daemon.maker.interrupted).hasValue(1);
  }

  @Test
  void aFullQueueSaysWhenToComeBack() {
    String running = daemon.submit("{\"prompt\":\"hold it\"}");
    await()
        .until(() -> daemon.json("/api/v1/jobs/" + running).getString("status").equals("running"));
    for (int i = 0; i < 3; i++) {
      daemon.submit("{\"prompt\":\"hold it\"}");
    }

    HttpResponse<String> refused = daemon.post("/api/v1/jobs", "{\"prompt\":\"one more\"}");

    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(Long.parseLong(refused.headers().firstValue("Retry-After").orElseThrow()))
        .isPositive();
    HttpResponse<String> openAi =
        daemon.post("/v1/images/generations", "{\"prompt\":\"one more\"}");
    assertThat(openAi.statusCode()).isEqualTo(429);
    assertThat(openAi.headers().firstValue("Retry-After")).isPresent();
    assertThat(openAi.body()).contains("rate_limit_error");
    assertThat(daemon.json("/api/v1/jobs").getJsonArray("jobs")).hasSize(4);
  }

  @Test
  void aStopTellsTheStreamsHowTheirJobsEnded() throws Exception {
    String id = daemon.submit("{\"prompt\":\"hold it\",\"preview\":false}");
    HttpResponse<InputStream> stream = openEvents(id);

    daemon.close();

    try (InputStream in = stream.body()) {
      String seen = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(seen.substring(seen.lastIndexOf("event: ")))
          .startsWith("event: job")
          .contains("\"status\":\"cancelled\"")
          .contains("the daemon is stopping");
    }
  }

  @Test
  void aFailedJobSaysWhy() {
    JsonObject job = daemon.finished(daemon.submit("{\"prompt\":\"fail please\"}"));

    assertThat(job.getString("status")).isEqualTo("failed");
    assertThat(job.getJsonObject("error").getString("code")).isEqualTo("ENGINE_FAULT");
    assertThat(job.getJsonObject("error").getString("message")).contains("black all over");
  }

  @Test
  void aPictureTellsHowItWasMadeAndCanBeDeleted() throws Exception {
    String job = daemon.submit("{\"prompt\":\"a red apple\",\"seed\":7}");
    daemon.finished(job);
    String path = "/api/v1/pictures/" + job + "-0";
    byte[] png =
        daemon
            .client()
            .send(daemon.request(path + ".png").build(), BodyHandlers.ofByteArray())
            .body();

    HttpResponse<String> read =
        daemon.send(
            daemon
                .request("/api/v1/pictures/read")
                .POST(HttpRequest.BodyPublishers.ofByteArray(png)));

    JsonObject request = new JsonObject(read.body());
    assertThat(request.getString("prompt")).isEqualTo("a red apple");
    assertThat(request.getLong("seed")).isEqualTo(7);
    JsonObject again = daemon.finished(daemon.submit(request.encode()));
    assertThat(again.getJsonObject("settings"))
        .isEqualTo(daemon.json("/api/v1/jobs/" + job).getJsonObject("settings"));
    assertThat(daemon.send(daemon.request(path).DELETE()).statusCode()).isEqualTo(204);
    assertThat(daemon.get(path).statusCode()).isEqualTo(404);
    assertThat(daemon.get(path + ".png").statusCode()).isEqualTo(404);
    assertThat(daemon.send(daemon.request(path).DELETE()).statusCode()).isEqualTo(404);
  }

  @Test
  void metricsCountRequestsByRouteAndJobsByEnd() {
    daemon.finished(daemon.submit("{\"prompt\":\"a red apple\",\"steps\":8}"));

    String metrics = RawHttp.unix(daemon.places.socket()).send("GET", "/metrics", "", "").body();

    assertThat(metrics)
        .contains("airbox_jobs_ended_total{status=\"completed\"} 1.0")
        .contains("airbox_pictures_total 1.0")
        .contains("airbox_steps_total 8.0")
        .contains("airbox_jobs_queued 0.0")
        .contains("airbox_worker_up 1.0")
        .contains("airbox_stage_seconds_total{stage=\"denoising\"}")
        .contains("jvm_memory_used_bytes")
        .containsPattern(
            "http_server_requests_seconds_count\\{method=\"POST\",route=\"/api/v1/jobs\",status=\"202\"} 1");
    assertThat(daemon.get("/readyz").statusCode()).isEqualTo(200);
    assertThat(daemon.get("/healthz").body()).isEqualTo("{\"status\":\"ok\"}");
  }
}
