package io.airbox.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.airbox.daemon.EncoderPack;
import io.airbox.daemon.TestDaemon;
import io.airbox.generation.image.Png;
import io.airbox.generation.image.RgbImage;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebUiApiTest {
  private static final String TXT2IMG = "/sdapi/v1/txt2img";
  private static final String IMG2IMG = "/sdapi/v1/img2img";

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

  private JsonObject make(String body) {
    HttpResponse<String> reply = daemon.post(TXT2IMG, body);
    assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
    return new JsonObject(reply.body());
  }

  private static JsonObject info(JsonObject reply) {
    return new JsonObject(reply.getString("info"));
  }

  @Test
  void makesWhatAClientWithAllItsSettingsAsksFor() {
    JsonObject reply =
        make(
            "{\"prompt\":\"an apple\",\"negative_prompt\":\"blue\",\"seed\":5,\"steps\":12,"
                + "\"cfg_scale\":4.5,\"sampler_name\":\"Euler a\",\"scheduler\":\"Karras\","
                + "\"batch_size\":2,\"width\":512,\"height\":512,\"styles\":[],\"eta\":null,"
                + "\"s_churn\":0,\"restore_faces\":false,\"tiling\":false,\"enable_hr\":false,"
                + "\"alwayson_scripts\":{},\"save_images\":true,\"unheard_of\":1}");

    assertThat(reply.getJsonArray("images")).hasSize(2);
    byte[] png = Base64.getDecoder().decode(reply.getJsonArray("images").getString(1));
    assertThat(Png.texts(png).get("parameters")).contains("an apple", "Seed: 6", "Euler a");
    assertThat(reply.getJsonObject("parameters").getInteger("unheard_of")).isEqualTo(1);
    JsonObject info = info(reply);
    assertThat(info.getJsonArray("all_seeds").getList()).isEqualTo(List.of(5, 6));
    assertThat(info.getString("sampler_name")).isEqualTo("Euler a");
    assertThat(info.getInteger("steps")).isEqualTo(12);
    assertThat(info.getDouble("cfg_scale")).isEqualTo(4.5);
    assertThat(info.getJsonArray("infotexts").getString(0)).contains("Schedule type: Karras");
    assertThat(info.getJsonArray("airbox_warnings").encode()).contains("512x512", "96x96");
  }

  @Test
  void aRequestWithNothingButWordsTakesThePacksOwnSettings() {
    JsonObject info = info(make("{\"prompt\":\"a\"}"));

    assertThat(info.getInteger("steps")).isEqualTo(20);
    assertThat(info.getInteger("width")).isEqualTo(96);
  }

  @Test
  void saysHowLongItTook() {
    HttpResponse<String> reply = daemon.get("/sdapi/v1/samplers");

    assertThat(reply.headers().firstValue("X-Process-Time")).get().asString().matches("[0-9.]+");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"prompt":"a","enable_hr":true}              | 422 | enable_hr
          {"prompt":"a","restore_faces":true}          | 422 | restore_faces
          {"prompt":"a","script_name":"X/Y/Z plot"}    | 422 | Script 'X/Y/Z plot' not found
          {"prompt":"a","alwayson_scripts":{"a":{}}}   | 422 | always on script a not found
          {"prompt":"a","batch_size":4,"n_iter":3}     | 422 | 12 is out of range
          {"prompt":"a","batch_size":4000000,"n_iter":4000000} | 422 | out of range
          {"prompt":"a","subseed_strength":0.5}        | 422 | subseed_strength
          {"prompt":"a","width":0}                     | 422 | width
          {"prompt":7}                                 | 422 | has to be a text
          {}                                           | 422 | the prompt is empty
          {"prompt":"a","sampler_name":"Nobody"}       | 400 | Sampler not found
          {"prompt":"a","scheduler":"exponential"}     | 422 | spacing
          {"prompt":"a","override_settings":{"sd_model_checkpoint":"v1-5"}} | 404 | Checkpoint not found
          {"prompt":"a"                                | 400 | not JSON
          """)
  void refusesInTheWebUisOwnShape(String body, int status, String words) {
    HttpResponse<String> reply = daemon.post(TXT2IMG, body);

    assertThat(reply.statusCode()).as(reply.body()).isEqualTo(status);
    JsonObject error = new JsonObject(reply.body());
    assertThat(error.getValue("detail").toString()).contains(words);
    if (status == 422) {
      assertThat(error.getJsonArray("detail").getJsonObject(0).getString("type"))
          .isEqualTo("value_error");
    } else {
      assertThat(error.getString("error")).isEqualTo("HTTPException");
    }
  }

  @Test
  void img2imgStartsFromAPicture() {
    String picture =
        Base64.getEncoder()
            .encodeToString(Png.encode(new RgbImage(120, 60, new byte[120 * 60 * 3]), Map.of()));
    HttpResponse<String> none = daemon.post(IMG2IMG, "{\"prompt\":\"a\"}");
    HttpResponse<String> two =
        daemon.post(IMG2IMG, "{\"init_images\":[\"" + picture + "\",\"" + picture + "\"]}");
    HttpResponse<String> broken = daemon.post(IMG2IMG, "{\"init_images\":[\"#\"]}");
    HttpResponse<String> masked =
        daemon.post(IMG2IMG, "{\"mask\":\"a\",\"init_images\":[\"" + picture + "\"]}");

    assertThat(none.statusCode()).isEqualTo(404);
    assertThat(none.body()).contains("Init image not found");
    assertThat(two.statusCode()).as(two.body()).isEqualTo(422);
    assertThat(broken.statusCode()).as(broken.body()).isEqualTo(422);
    assertThat(masked.body()).contains("mask");
  }

  /** The web UI stretches a picture unless it is told to keep the shape. */
  @ParameterizedTest
  @CsvSource({"0, 255", "1, 0", "2, 0", "3, 255"})
  void img2imgFitsThePictureAsAsked(int mode, int leftEdge) throws Exception {
    daemon.close();
    daemon =
        TestDaemon.start(
            data, Map.of("models.dirs", EncoderPack.in(data.resolve("models")).toString()));
    byte[] wide = new byte[192 * 96 * 3];
    for (int y = 0; y < 96; y++) {
      Arrays.fill(wide, y * 192 * 3, (y * 192 + 48) * 3, (byte) 255);
    }
    String picture =
        "data:image/png;base64,"
            + Base64.getEncoder().encodeToString(Png.encode(new RgbImage(192, 96, wide), Map.of()));

    HttpResponse<String> reply =
        daemon.post(
            IMG2IMG,
            new JsonObject()
                .put("prompt", "a")
                .put("init_images", new JsonArray().add(picture))
                .put("resize_mode", mode)
                .put("denoising_strength", 0.5)
                .encode());

    assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
    JsonObject body = new JsonObject(reply.body());
    assertThat(info(body).getDouble("denoising_strength")).isEqualTo(0.5);
    assertThat(body.getJsonObject("parameters").getValue("init_images")).isNull();
    RgbImage start = daemon.maker.startedFrom;
    assertThat(start).isNotNull();
    assertThat(start.width()).isEqualTo(96);
    assertThat(start.rgb()[0] & 0xFF).isEqualTo(leftEdge);
  }

  @Test
  void aClientSeesItsOwnJobAndWhatItInterruptsItGets() throws Exception {
    JsonObject idle = daemon.json("/sdapi/v1/progress");
    assertThat(idle.getDouble("progress")).isZero();
    assertThat(idle.getJsonObject("state").getInteger("job_count")).isZero();
    assertThat(idle.getString("current_image")).isNull();

    CompletableFuture<HttpResponse<String>> reply =
        CompletableFuture.supplyAsync(
            () -> daemon.post(TXT2IMG, "{\"prompt\":\"step\",\"steps\":8}"));
    await()
        .until(
            () ->
                daemon.json("/sdapi/v1/progress").getJsonObject("state").getInteger("job_count")
                    == 1);
    daemon.maker.release();
    await().until(() -> daemon.json("/sdapi/v1/progress").getDouble("progress") > 0);
    await().until(() -> daemon.json("/sdapi/v1/progress").getString("current_image") != null);
    JsonObject busy = daemon.json("/sdapi/v1/progress?skip_current_image=true");
    assertThat(busy.getJsonObject("state").getInteger("sampling_steps")).isEqualTo(8);
    assertThat(busy.getJsonObject("state").getInteger("job_count")).isEqualTo(1);
    assertThat(busy.getString("current_image")).isNull();
    assertThat(daemon.get("/sdapi/v1/progress?skip_current_image=maybe").statusCode())
        .isEqualTo(422);

    assertThat(daemon.post("/sdapi/v1/interrupt", "").body()).isEqualTo("{}");

    JsonArray images = new JsonObject(reply.get().body()).getJsonArray("images");
    assertThat(images).as("the picture as far as it was").hasSize(1);
    assertThat(daemon.json("/sdapi/v1/progress").getDouble("progress")).isZero();
  }

  @Test
  void anInterruptEndsNobodyElsesJob() {
    String other = daemon.submit("{\"prompt\":\"hold it\"}");
    await().until(() -> daemon.json("/api/v1/jobs/" + other).getString("status").equals("running"));

    assertThat(daemon.post("/sdapi/v1/interrupt", "").statusCode()).isEqualTo(200);
    assertThat(daemon.post("/sdapi/v1/skip", "").body()).isEqualTo("null");

    assertThat(daemon.json("/api/v1/jobs/" + other).getString("status")).isEqualTo("running");
    daemon.maker.release();
  }

  @Test
  void aFailedJobIsAServerError() {
    HttpResponse<String> reply = daemon.post(TXT2IMG, "{\"prompt\":\"fail\"}");

    assertThat(reply.statusCode()).isEqualTo(500);
    assertThat(new JsonObject(reply.body()).getString("detail")).contains("black");
  }

  @Test
  void theCheckpointIsChosenByTitleNameOrHash() {
    JsonObject model = new JsonArray(daemon.get("/sdapi/v1/sd-models").body()).getJsonObject(0);
    assertThat(model.getString("title")).startsWith("airbox-emoji [");
    assertThat(daemon.json("/sdapi/v1/options").getString("sd_model_checkpoint"))
        .isEqualTo(model.getString("title"));
    for (String name : List.of("title", "model_name", "hash")) {
      HttpResponse<String> reply =
          daemon.post(
              "/sdapi/v1/options",
              new JsonObject().put("sd_model_checkpoint", model.getString(name)).encode());
      assertThat(reply.body()).isEqualTo("null");
    }
    assertThat(
            daemon
                .post("/sdapi/v1/options", "{\"sd_model_checkpoint\":\"v1-5-pruned\"}")
                .statusCode())
        .isEqualTo(404);
    assertThat(daemon.post("/sdapi/v1/options", "{\"eta_noise_seed_delta\":1}").body())
        .isEqualTo("null");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "loras",
        "sd-vae",
        "sd-modules",
        "prompt-styles",
        "hypernetworks",
        "face-restorers",
        "latent-upscale-modes",
        "script-info",
        "extensions",
        "realesrgan-models"
      })
  void thereAreNone(String list) {
    assertThat(daemon.get("/sdapi/v1/" + list).body()).isEqualTo("[]");
  }

  @Test
  void listsWhatClientsChooseFrom() {
    assertThat(daemon.get("/sdapi/v1/samplers").body())
        .contains("\"name\":\"Euler a\"", "\"k_euler_a\"");
    assertThat(daemon.get("/sdapi/v1/schedulers").body())
        .contains("\"name\":\"automatic\"", "\"label\":\"Karras\"");
    assertThat(daemon.get("/sdapi/v1/upscalers").body()).contains("\"name\":\"None\"");
    assertThat(daemon.json("/sdapi/v1/memory").getJsonObject("ram").getLong("total"))
        .isGreaterThan(0);
    JsonObject device =
        daemon.json("/sdapi/v1/memory").getJsonObject("cuda").getJsonObject("system");
    assertThat(device.getLong("free") + device.getLong("used")).isEqualTo(device.getLong("total"));
    for (String nothing : List.of("refresh-checkpoints", "refresh-vae", "reload-checkpoint")) {
      assertThat(daemon.post("/sdapi/v1/" + nothing, "").body()).isEqualTo("null");
    }
  }

  @Test
  void readsHowAPictureWasMade() {
    String png = make("{\"prompt\":\"an apple\",\"seed\":9}").getJsonArray("images").getString(0);

    HttpResponse<String> reply =
        daemon.post("/sdapi/v1/png-info", new JsonObject().put("image", png).encode());
    JsonObject read = new JsonObject(reply.body());
    assertThat(read.getString("info")).startsWith("an apple");
    assertThat(read.getJsonObject("parameters").getString("Seed")).isEqualTo("9");
    assertThat(read.getJsonObject("parameters").getString("Prompt")).isEqualTo("an apple");

    String bare =
        Base64.getEncoder().encodeToString(Png.encode(new RgbImage(1, 1, new byte[3]), Map.of()));
    assertThat(
            daemon.post("/sdapi/v1/png-info", new JsonObject().put("image", bare).encode()).body())
        .isEqualTo("{\"info\":\"\",\"items\":{},\"parameters\":{}}");
  }

  /** As clients of the web UI do: any name, the key as its password. */
  @Test
  void aWrongKeyAsPasswordIsRefusedAndAnotherPasswordSaysNothing() {
    assertThat(asked("me:abx_00000000_no").statusCode()).isEqualTo(401);
    assertThat(asked("me:secret").statusCode()).isEqualTo(200);
    HttpRequest.Builder broken =
        daemon.request("/sdapi/v1/samplers").header("Authorization", "Basic ###");
    assertThat(daemon.send(broken).statusCode()).isEqualTo(200);
    assertThat(asked("me:abx_00000000_no", "/api/v1/samplers").statusCode())
        .as("nowhere else")
        .isEqualTo(200);
  }

  private HttpResponse<String> asked(String pair) {
    return asked(pair, "/sdapi/v1/samplers");
  }

  private HttpResponse<String> asked(String pair, String path) {
    String encoded = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    return daemon.send(daemon.request(path).header("Authorization", "Basic " + encoded));
  }
}
