package io.airbox.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.airbox.daemon.TestDaemon;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
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
    assertThat(url).startsWith(daemon.url + "/api/v1/pictures/");
    assertThat(daemon.get(url.substring(daemon.url.length())).statusCode()).isEqualTo(200);
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

  @Test
  void modelsAreThePacks() {
    JsonObject models = daemon.json("/v1/models");
    assertThat(models.getJsonArray("data").getJsonObject(0).getString("id"))
        .isEqualTo("airbox-emoji");
    assertThat(daemon.json("/v1/models/airbox-emoji").getString("object")).isEqualTo("model");
    assertThat(daemon.get("/v1/models/gpt-9").body()).contains("model_not_found");
  }
}
