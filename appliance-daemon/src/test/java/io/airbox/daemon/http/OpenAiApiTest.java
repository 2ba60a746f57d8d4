package io.airbox.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.airbox.daemon.EncoderPack;
import io.airbox.daemon.TestDaemon;
import io.airbox.generation.image.PictureReader;
import io.airbox.generation.image.Png;
import io.airbox.generation.image.RgbImage;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenAiApiTest {
  @TempDir Path data;
  private TestDaemon daemon;

  @BeforeEach
  void start() throws Exception {
    daemon = TestDaemon.start(data);
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  @Test
  void aPlainCurlGetsTwoPictures() {
    HttpResponse<String> reply =
        daemon.send(
            daemon
                .request("/v1/images/generations")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"prompt\":\"a yellow banana & more\",\"n\":2,\"response_format\":\"b64_json\"}")));

    assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
    JsonArray data = new JsonObject(reply.body()).getJsonArray("data");
    assertThat(data).hasSize(2);
    byte[] png = Base64.getDecoder().decode(data.getJsonObject(1).getString("b64_json"));
    assertThat(png).startsWith(0x89, 'P', 'N', 'G');
  }

  @Test
  void settingsAreHonestAndUnknownModelsAndSizesGiveWarnings() {
    JsonObject reply =
        generate(
            "{\"prompt\":\"a\",\"model\":\"dall-e-3\",\"size\":\"1024x1792\",\"quality\":\"hd\",\"seed\":5,"
                + "\"user\":\"me\",\"style\":\"vivid\",\"moderation\":\"low\",\"response_format\":\"url\"}");

    assertThat(reply.getString("size")).isEqualTo("96x96");
    JsonObject airbox = reply.getJsonObject("airbox");
    assertThat(airbox.getJsonObject("settings").getInteger("steps")).isEqualTo(30);
    assertThat(airbox.getJsonObject("settings").getLong("seed")).isEqualTo(5);
    assertThat(airbox.getJsonArray("warnings"))
        .anyMatch(text -> text.toString().contains("dall-e-3"))
        .anyMatch(text -> text.toString().contains("1024x1792"))
        .anyMatch(text -> text.toString().contains("style"));
    String url = reply.getJsonArray("data").getJsonObject(0).getString("url");
    assertThat(url).startsWith(daemon.url + "/v1/images/files/").endsWith(".png");
    HttpResponse<String> file = daemon.get(url.substring(daemon.url.length()));
    assertThat(file.statusCode()).isEqualTo(200);
    assertThat(file.headers().firstValue("Content-Type")).contains("image/png");
    assertThat(daemon.get("/v1/images/files/guessed.png").statusCode()).isEqualTo(404);
  }

  @Test
  void qualityChoosesThePreset() {
    assertThat(preset("low")).isEqualTo("fast");
    assertThat(preset("standard")).isEqualTo("quality");
    assertThat(preset("auto")).isEqualTo("quality");
  }

  private String preset(String quality) {
    return generate("{\"prompt\":\"a\",\"quality\":\"" + quality + "\"}")
        .getJsonObject("airbox")
        .getJsonObject("settings")
        .getString("preset");
  }

  private JsonObject generate(String body) {
    HttpResponse<String> reply = daemon.post("/v1/images/generations", body);
    assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
    return new JsonObject(reply.body());
  }

  @Test
  void aFailedJobIsAServerError() {
    HttpResponse<String> reply = daemon.post("/v1/images/generations", "{\"prompt\":\"fail\"}");

    assertThat(reply.statusCode()).isEqualTo(500);
    JsonObject error = new JsonObject(reply.body()).getJsonObject("error");
    assertThat(error.getString("type")).isEqualTo("server_error");
    assertThat(error.getString("code")).isEqualTo("engine_fault");
  }

  @Test
  void aClientThatLeavesCancelsItsJob() throws Exception {
    String body = "{\"prompt\":\"hold it\"}";
    URI uri = URI.create(daemon.url);
    try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
      socket
          .getOutputStream()
          .write(
              ("POST /v1/images/generations HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                      + body.length()
                      + "\r\n\r\n"
                      + body)
                  .getBytes(StandardCharsets.US_ASCII));
      await().until(() -> statuses().contains("running"));
    }
    await().until(() -> statuses().contains("cancelled"));
    assertThat(daemon.maker.interrupted).hasValue(1);
  }

  private String statuses() {
    return daemon.get("/api/v1/jobs").body();
  }

  private static List<JsonObject> events(String body) {
    return body.lines()
        .filter(line -> line.startsWith("data: "))
        .map(line -> new JsonObject(line.substring(6)))
        .toList();
  }

  @Test
  void aStreamShowsEachPictureBeforeItIsDone() throws Exception {
    CompletableFuture<HttpResponse<String>> stream =
        CompletableFuture.supplyAsync(
            () ->
                daemon.post(
                    "/v1/images/generations",
                    "{\"prompt\":\"step\",\"steps\":8,\"n\":2,\"stream\":true,"
                        + "\"partial_images\":2,\"seed\":3}"));
    await().until(() -> statuses().contains("running"));
    for (int step = 0; step < 16; step++) {
      daemon.maker.release();
      int done = step + 1;
      await().until(() -> done == 16 || stepsDone() >= done % 8);
    }

    List<JsonObject> events = events(stream.get().body());

    List<String> types = events.stream().map(event -> event.getString("type")).toList();
    assertThat(types).filteredOn("image_generation.completed"::equals).hasSize(2);
    assertThat(types.subList(0, types.size() - 2))
        .isNotEmpty()
        .allMatch("image_generation.partial_image"::equals);
    assertThat(events.get(0).getInteger("partial_image_index")).isZero();
    assertThat(events)
        .allSatisfy(
            event -> {
              assertThat(Base64.getDecoder().decode(event.getString("b64_json")))
                  .startsWith(0x89, 'P', 'N', 'G');
              assertThat(event.getString("size")).isEqualTo("96x96");
              assertThat(event.getLong("created_at")).isPositive();
            });
    JsonObject last = events.get(events.size() - 1);
    assertThat(last.getLong("seed")).isEqualTo(4);
    assertThat(last.getJsonObject("usage").getInteger("total_tokens")).isZero();
  }

  private int stepsDone() {
    JsonObject job = daemon.json("/api/v1/jobs").getJsonArray("jobs").getJsonObject(0);
    return job.getJsonObject("progress").getInteger("step");
  }

  @Test
  void aStreamOfAFailedJobEndsWithTheError() {
    String body =
        daemon.post("/v1/images/generations", "{\"prompt\":\"fail\",\"stream\":true}").body();

    assertThat(body).contains("event: error");
    assertThat(events(body).get(0).getJsonObject("error").getString("code"))
        .isEqualTo("engine_fault");
  }

  @Test
  void aClientThatLeavesItsStreamCancelsItsJob() throws Exception {
    HttpResponse<InputStream> stream =
        daemon
            .client()
            .send(
                daemon
                    .request("/v1/images/generations")
                    .POST(
                        HttpRequest.BodyPublishers.ofString(
                            "{\"prompt\":\"hold it\",\"stream\":true}"))
                    .build(),
                HttpResponse.BodyHandlers.ofInputStream());
    await().until(() -> statuses().contains("running"));

    stream.body().close();

    await().until(() -> statuses().contains("cancelled"));
  }

  @Test
  void aJpegIsSmallerTheLowerItsQuality() {
    byte[] best = jpeg(100);
    byte[] worst = jpeg(1);

    assertThat(best).startsWith(0xFF, 0xD8, 0xFF);
    assertThat(worst).startsWith(0xFF, 0xD8, 0xFF).hasSizeLessThan(best.length);
    assertThat(PictureReader.read(best).width()).isEqualTo(96);
  }

  private byte[] jpeg(int quality) {
    JsonObject reply =
        generate(
            "{\"prompt\":\"a\",\"output_format\":\"jpeg\",\"output_compression\":" + quality + "}");
    assertThat(reply.getString("output_format")).isEqualTo("jpeg");
    return Base64.getDecoder()
        .decode(reply.getJsonArray("data").getJsonObject(0).getString("b64_json"));
  }

  @Test
  void anEditStartsFromAPicture() throws Exception {
    daemon.close();
    daemon =
        TestDaemon.start(
            data, Map.of("models.dirs", EncoderPack.in(data.resolve("models")).toString()));

    HttpResponse<String> reply =
        edit(
            form("image[]", Png.encode(new RgbImage(40, 20, new byte[2400]), Map.of()))
                + field("prompt", "a hat")
                + field("n", "2")
                + field("input_fidelity", "high"));

    assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
    JsonObject settings =
        new JsonObject(reply.body()).getJsonObject("airbox").getJsonObject("settings");
    assertThat(settings.getInteger("count")).isEqualTo(2);
    assertThat(settings.getDouble("strength")).isEqualTo(0.4);
    assertThat(daemon.maker.startedFrom).isNotNull();
  }

  @Test
  void anEditSaysWhatIsWrongWithIt() {
    byte[] png = Png.encode(new RgbImage(2, 2, new byte[12]), Map.of());
    String image = form("image", png);
    String prompt = field("prompt", "a hat");

    assertThat(edit(prompt).body()).contains("image: is missing");
    assertThat(edit(image).body()).contains("prompt: is missing");
    assertThat(edit(image + image + prompt).body()).contains("2 files");
    assertThat(edit(image + prompt + field("n", "two")).body()).contains("n: has to be");
    assertThat(edit(image + prompt + field("colour", "red")).body()).contains("unknown_field");
    assertThat(edit(image + form("mask", png) + prompt).body()).contains("mask:");
    assertThat(edit(form("image", new byte[] {1, 2}) + prompt).body()).contains("neither PNG");
    assertThat(edit(image + prompt).body()).contains("vae_encoder");
    assertThat(daemon.post("/v1/images/edits", "{}").body()).contains("multipart/form-data");
    assertThat(
            daemon
                .send(
                    daemon
                        .request("/v1/images/edits")
                        .header("Content-Type", "multipart/form-data")
                        .POST(HttpRequest.BodyPublishers.ofString("no")))
                .statusCode())
        .isEqualTo(400);
  }

  /** A part of a form; bytes as characters of the same number. */
  private static String form(String name, byte[] file) {
    return "--limit\r\nContent-Disposition: form-data; name=\""
        + name
        + "\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n"
        + new String(file, StandardCharsets.ISO_8859_1)
        + "\r\n";
  }

  private static String field(String name, String text) {
    return "--limit\r\nContent-Disposition: form-data; name=\""
        + name
        + "\"\r\n\r\n"
        + text
        + "\r\n";
  }

  private HttpResponse<String> edit(String parts) {
    return daemon.send(
        daemon
            .request("/v1/images/edits")
            .header("Content-Type", "multipart/form-data; boundary=limit")
            .POST(
                HttpRequest.BodyPublishers.ofByteArray(
                    (parts + "--limit--\r\n").getBytes(StandardCharsets.ISO_8859_1))));
  }

  @Test
  void modelsAreThePacks() {
    JsonObject models = daemon.json("/v1/models");
    assertThat(models.getJsonArray("data").getJsonObject(0).getString("id"))
        .isEqualTo("airbox-emoji");
    assertThat(daemon.json("/v1/models/airbox-emoji").getString("object")).isEqualTo("model");
    assertThat(daemon.get("/v1/models/gpt-9").body()).contains("model_not_found");
  }
}
