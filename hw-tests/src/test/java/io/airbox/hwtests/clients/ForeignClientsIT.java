package io.airbox.hwtests.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.hwtests.Checkout;
import io.airbox.hwtests.DaemonProcess;
import io.airbox.hwtests.NodePrograms;
import io.airbox.hwtests.PythonPrograms;
import io.airbox.hwtests.wire.Request;
import io.airbox.hwtests.wire.Wire;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients as others wrote them, unmodified and all at the same time, with one daemon and the
 * built-in pack: OpenAI's in Python and in JavaScript, and one of AUTOMATIC1111's web UI.
 */
class ForeignClientsIT {
  private static final Path SOURCES = Checkout.path("hw-tests/src/clients");

  /** What each client asks for four times at once. */
  private static final Set<String> CROWDS = Set.of("a yellow banana", "a green leaf", "an orange");

  private static final int CROWD = 4;

  @TempDir private static Path folder;
  private static DaemonProcess daemon;
  private static final Map<String, JsonObject> TOLD = new HashMap<>();

  /** What the daemon knows of their jobs in the end. */
  private static final List<JsonObject> JOBS = new ArrayList<>();

  @BeforeAll
  static void askAllAtOnce() throws Exception {
    PythonPrograms python = PythonPrograms.of(SOURCES.resolve("requirements.txt"));
    NodePrograms node = NodePrograms.of(SOURCES);
    daemon =
        DaemonProcess.start(
            folder.resolve("data"),
            Map.of(
                "http.port", "0",
                "https.enabled", "false",
                "engine.kind", "onnx"),
            List.of());
    String address = daemon.address().toString();
    Map<String, Process> programs = new HashMap<>();
    List<String> openAi = new ArrayList<>(List.of(python.path("python")));
    openAi.addAll(List.of(source("openai_pictures.py"), address, key("openai-python")));
    programs.put("openai-python", start(openAi));
    List<String> javaScript = new ArrayList<>(node.command(SOURCES.resolve("openai_pictures.js")));
    javaScript.addAll(List.of(address, key("openai-js")));
    programs.put("openai-js", start(javaScript));
    programs.put(
        "webui",
        start(
            List.of(
                python.path("python"),
                source("webui_pictures.py"),
                daemon.address().getHost(),
                Integer.toString(daemon.address().getPort()),
                key("webui"))));
    for (Map.Entry<String, Process> program : programs.entrySet()) {
      TOLD.put(program.getKey(), told(program.getValue()));
    }
    for (Object job : ask(Request.get("/api/v1/jobs")).getJsonArray("jobs")) {
      JOBS.add((JsonObject) job);
    }
  }

  private static String source(String program) {
    return SOURCES.resolve(program).toString();
  }

  private static JsonObject ask(Request request) throws IOException {
    try (Wire wire = Wire.unix(folder.resolve("data/api.sock"))) {
      wire.say(request.wire("localhost"));
      return wire.answer().has(200, 201).json();
    }
  }

  private static String key(String name) throws IOException {
    JsonObject wanted = new JsonObject().put("name", name).put("role", "user");
    return ask(Request.post("/api/v1/keys", wanted.encode())).getString("key");
  }

  private static Process start(List<String> command) throws IOException {
    Path errors = Files.createTempFile(folder, "client", ".err");
    return new ProcessBuilder(command).redirectError(errors.toFile()).start();
  }

  private static JsonObject told(Process program) throws Exception {
    String output = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(program.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(program.exitValue()).as("%s\n%s\n%s", output, errors(), daemon.output()).isZero();
    List<String> lines = output.lines().toList();
    return new JsonObject(lines.get(lines.size() - 1));
  }

  private static String errors() throws IOException {
    StringBuilder all = new StringBuilder();
    try (var files = Files.newDirectoryStream(folder, "client*.err")) {
      for (Path file : files) {
        all.append(Files.readString(file));
      }
    }
    return all.toString();
  }

  @AfterAll
  static void stop() {
    if (daemon != null) {
      daemon.close();
    }
  }

  private static JsonArray picture(String format) {
    return new JsonArray().add(format).add(96).add(96);
  }

  private static JsonObject of(String client) {
    return Objects.requireNonNull(TOLD.get(client));
  }

  @Test
  void openAisClientInPythonGetsEverythingItCanAskFor() {
    JsonObject told = of("openai-python");

    assertThat(told.getJsonArray("pictures")).containsExactly(picture("PNG"), picture("PNG"));
    assertThat(told.getJsonArray("seeds")).containsExactly(7, 8);
    assertThat(told.getJsonArray("fetched")).isEqualTo(picture("JPEG"));
    assertThat(told.getJsonArray("warnings").encode()).contains("dall-e-3");
    assertThat(told.getJsonArray("refused"))
        .isEqualTo(new JsonArray().add(400).add("n").add("invalid_request_error"));
    assertThat(told.getJsonArray("edit")).isEqualTo(new JsonArray().add(400).add("image"));
    assertThat(told.getBoolean("left")).isTrue();
    List<String> types = types(told);
    assertThat(types.subList(0, types.size() - 1))
        .hasSizeBetween(1, 2)
        .containsOnly("image_generation.partial_image");
    assertThat(types.get(types.size() - 1)).isEqualTo("image_generation.completed");
    assertThat(told.getJsonArray("events"))
        .allSatisfy(
            event -> assertThat(((JsonArray) event).getJsonArray(1)).isEqualTo(picture("PNG")));
  }

  private static List<String> types(JsonObject told) {
    return told.getJsonArray("events").stream()
        .map(event -> ((JsonArray) event).getString(0))
        .toList();
  }

  @Test
  void openAisClientInJavaScriptToo() {
    JsonObject told = of("openai-js");

    assertThat(told.getJsonArray("pictures")).containsExactly("PNG", "PNG");
    assertThat(types(told)).endsWith("image_generation.completed");
    assertThat(told.getJsonArray("refused")).isEqualTo(new JsonArray().add(true).add("size"));
    assertThat(told.getBoolean("left")).isTrue();
  }

  @Test
  void aClientOfTheWebUiFollowsAndInterruptsItsOwnJob() {
    JsonObject told = of("webui");

    assertThat(told.getJsonArray("models")).singleElement().asString().startsWith("airbox-emoji [");
    assertThat(told.getString("current")).isEqualTo(told.getJsonArray("models").getString(0));
    assertThat(told.getJsonArray("samplers")).contains("Euler a", "DPM++ 2M", "DDIM");
    assertThat(told.getJsonArray("schedulers")).contains("automatic", "karras");
    assertThat(told.getBoolean("memory")).isTrue();
    assertThat(told.getJsonArray("pictures")).containsExactly(picture("PNG"), picture("PNG"));
    assertThat(told.getJsonArray("seeds")).containsExactly(7, 8);
    assertThat(told.getString("sampler")).isEqualTo("Euler a");
    assertThat(told.getJsonArray("read")).isEqualTo(new JsonArray().add("7").add("a red apple"));
    assertThat(told.getJsonArray("progress"))
        .isEqualTo(new JsonArray().add(true).add(50).add(true));
    assertThat(told.getJsonArray("preview")).isEqualTo(picture("PNG"));
    assertThat(told.getBoolean("interrupted")).isTrue();
    assertThat(told.getInteger("refused")).isEqualTo(400);
  }

  /** One left its stream, one gave up waiting, one interrupted; nobody else's job ended so. */
  @Test
  void whoLeavesEndsNoJobButTheOwn() {
    List<JsonObject> cancelled =
        JOBS.stream().filter(job -> job.getString("status").equals("cancelled")).toList();

    assertThat(cancelled)
        .extracting(ForeignClientsIT::prompt)
        .containsOnlyOnce("a green frog")
        .contains("a blue car")
        .hasSizeBetween(2, 3);
    assertThat(JOBS)
        .extracting(job -> job.getString("status"))
        .containsOnly("completed", "cancelled");
  }

  /** Each asked for four at once; who waits is passed once by each of the others for each turn. */
  @Test
  void theyTakeTurns() {
    List<JsonObject> crowd = JOBS.stream().filter(job -> CROWDS.contains(prompt(job))).toList();
    assertThat(crowd).hasSize(CROWDS.size() * CROWD);
    for (JsonObject waited : crowd) {
      Map<String, Integer> turns = new HashMap<>();
      for (JsonObject other : crowd) {
        if (started(other).compareTo(Instant.parse(waited.getString("created"))) > 0
            && started(other).compareTo(started(waited)) <= 0) {
          turns.merge(prompt(other), 1, Integer::sum);
        }
      }
      int own = turns.getOrDefault(prompt(waited), 0);
      assertThat(turns.values()).as("%s in %s", waited, crowd).allMatch(other -> other <= own + 1);
    }
  }

  private static String prompt(JsonObject job) {
    return job.getJsonObject("settings").getString("prompt");
  }

  private static Instant started(JsonObject job) {
    return Instant.parse(job.getString("started"));
  }
}
