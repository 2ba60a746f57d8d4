package io.airbox.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.airbox.daemon.cli.AirBoxCommand;
import io.airbox.daemon.cli.ExitCodes;
import io.airbox.generation.image.PictureReader;
import io.airbox.generation.image.RgbImage;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole daemon with the real engine worker and the built-in pack. */
class RealEngineIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path data;
  private static TestDaemon daemon;

  @TempDir Path folder;

  @BeforeAll
  static void start() throws Exception {
    daemon = TestDaemon.startReal(data);
    await().atMost(PATIENCE).until(() -> daemon.get("/readyz").statusCode() == 200);
  }

  @AfterAll
  static void stop() {
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
                        "{\"prompt\":\"a yellow banana\",\"n\":2,\"response_format\":\"b64_json\"}")));

    assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
    JsonArray pictures = new JsonObject(reply.body()).getJsonArray("data");
    assertThat(pictures).hasSize(2);
    assertThat(decode(pictures.getJsonObject(0).getString("b64_json")))
        .isNotEqualTo(decode(pictures.getJsonObject(1).getString("b64_json")));
  }

  private static RgbImage decode(String base64) {
    return PictureReader.read(Base64.getDecoder().decode(base64));
  }

  @Test
  void aJobCanBeFollowedStepByStep() {
    String id = daemon.submit("{\"prompt\":\"a red apple\",\"steps\":10}");

    List<String> events = daemon.events(id);

    assertThat(events.get(events.size() - 1)).contains("\"status\":\"completed\"");
    assertThat(daemon.json("/api/v1/jobs/" + id).getJsonArray("pictures")).hasSize(1);
  }

  @Test
  void cancellingEndsARunningJobAndTheNextGoesOn() {
    String id = daemon.submit("{\"prompt\":\"a red apple\",\"steps\":50,\"count\":10}");
    await()
        .atMost(PATIENCE)
        .until(() -> daemon.json("/api/v1/jobs/" + id).getString("status").equals("running"));

    assertThat(daemon.post("/api/v1/jobs/" + id + "/cancel", "").statusCode()).isEqualTo(200);

    assertThat(daemon.finished(id).getString("status")).isEqualTo("cancelled");
    assertThat(status("{\"prompt\":\"a red apple\",\"steps\":8}")).isEqualTo("completed");
  }

  private static String status(String request) {
    return daemon.finished(daemon.submit(request)).getString("status");
  }

  @Test
  void killingTheWorkerFailsItsJobAndTheNextSucceeds() {
    String id = daemon.submit("{\"prompt\":\"a red apple\",\"steps\":50,\"count\":10}");
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                daemon.json("/api/v1/jobs/" + id).getJsonObject("progress").getInteger("step") > 0);

    ProcessHandle.current()
        .descendants()
        .filter(
            process ->
                process
                    .info()
                    .commandLine()
                    .orElse("")
                    .contains("io.airbox.generation.worker.WorkerMain"))
        .forEach(ProcessHandle::destroyForcibly);

    JsonObject job = daemon.finished(id);
    assertThat(job.getString("status")).isEqualTo("failed");
    assertThat(job.getJsonObject("error").getString("code")).isEqualTo("WORKER_LOST");
    assertThat(daemon.get("/healthz").statusCode()).isEqualTo(200);
    assertThat(status("{\"prompt\":\"a red apple\",\"steps\":8}")).isEqualTo("completed");
    assertThat(daemon.json("/api/v1/status").getJsonObject("engine").getInteger("restarts"))
        .isEqualTo(1);
  }

  @Test
  void theSameSeedMakesTheSamePictureThroughTheDaemonAndWithoutIt() throws IOException {
    Path apple = folder.resolve("apple.png");
    Path again = folder.resolve("again.png");
    Path local = folder.resolve("local.png");
    Path other = folder.resolve("other.png");
    String models = TestDaemon.models().toString();

    assertThat(generate("a red apple", "-o", apple, "--seed", "7", "--data", data)).isZero();
    assertThat(generate("--from", apple, "-o", again, "--data", data)).isZero();
    Path alone = folder.resolve("data");
    assertThat(generate("--from", apple, "-o", local, "--data", alone, "--models", models))
        .isZero();
    assertThat(
            generate(
                "a red apple", "-o", other, "--seed", "8", "--data", alone, "--models", models))
        .isZero();

    assertThat(pixels(again)).isEqualTo(pixels(apple));
    assertThat(pixels(local)).isEqualTo(pixels(apple));
    assertThat(pixels(other)).isNotEqualTo(pixels(apple));
  }

  private static int generate(Object... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = "generate";
    for (int i = 0; i < arguments.length; i++) {
      all[i + 1] = arguments[i].toString();
    }
    return AirBoxCommand.execute(all);
  }

  private static RgbImage pixels(Path file) throws IOException {
    return PictureReader.read(Files.readAllBytes(file));
  }

  @Test
  void aSecondDaemonOnTheSameDataIsRefused() {
    assertThat(AirBoxCommand.execute("run", "--port", "0", "--data", data.toString()))
        .isEqualTo(ExitCodes.DATA_LOCKED);
  }

  @Test
  void theOfficialOpenAiClientWorksUnmodified() throws Exception {
    Path target = Path.of("target", "openai-client").toAbsolutePath();
    Files.createDirectories(target);
    if (!Files.exists(target.resolve("node_modules/openai"))) {
      run(target, "npm", "install", "--silent", "--no-audit", "--no-fund", "openai@6");
    }
    try (var script = RealEngineIT.class.getResourceAsStream("openai-client.mjs")) {
      Files.write(target.resolve("client.mjs"), script.readAllBytes());
    }

    JsonObject said = new JsonObject(run(target, "node", "client.mjs", daemon.url + "/v1"));

    assertThat(said.getJsonArray("models")).contains("airbox-emoji");
    assertThat(said.getJsonArray("images")).hasSize(2);
    assertThat(decode(said.getJsonArray("images").getString(0)).width()).isEqualTo(96);
    JsonObject refused = said.getJsonObject("refused");
    assertThat(refused.getInteger("status")).isEqualTo(400);
    assertThat(refused.getString("param")).isEqualTo("n");
    assertThat(refused.getString("kind")).isEqualTo("BadRequestError");
  }

  private static String run(Path folder, String... command) throws Exception {
    Path output = Files.createTempFile(folder, "output", ".txt");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    String text = Files.readString(output, StandardCharsets.UTF_8);
    assertThat(process.exitValue()).as(text).isZero();
    return text;
  }
}
