package io.airbox.hwtests.tpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.hwtests.DaemonProcess;
import io.airbox.hwtests.wire.Answer;
import io.airbox.hwtests.wire.Request;
import io.airbox.hwtests.wire.Wire;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** The daemon with packs for a TPU, asked by its owner on its socket. */
final class TpuBox implements AutoCloseable {
  private static final Set<String> ENDED = Set.of("completed", "failed", "cancelled");

  /** For what a process has to do on a loaded machine. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private final DaemonProcess process;
  private final Path socket;

  /**
   * Starts the daemon.
   *
   * @param data its DATA
   * @param settings that differ from the defaults
   * @param environment more variables, which the worker inherits
   */
  TpuBox(Path data, Map<String, String> settings, Map<String, String> environment) {
    this(data, settings, environment, List.of());
  }

  /**
   * Starts the daemon.
   *
   * @param data its DATA
   * @param settings that differ from the defaults
   * @param environment more variables, which the worker inherits
   * @param within a command line that runs the daemon's; empty for none
   */
  TpuBox(
      Path data,
      Map<String, String> settings,
      Map<String, String> environment,
      List<String> within) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("http.port", "0");
    all.put("https.enabled", "false");
    process = DaemonProcess.start(data, all, environment, within);
    socket = data.resolve("api.sock");
  }

  DaemonProcess process() {
    return process;
  }

  /** Asks the native API. */
  Answer ask(Request request) {
    try (Wire wire = Wire.unix(socket)) {
      wire.say(request.wire("localhost"));
      return wire.answer();
    }
  }

  JsonObject get(String path) {
    return ask(Request.get("/api/v1/" + path)).has(200).json();
  }

  /** Loads, unloads, pins or unpins a pack. */
  Answer steer(String pack, JsonObject wish) {
    return ask(
        Request.of("PUT", "/api/v1/tpu/packs/" + pack)
            .header("Content-Type", "application/json")
            .body(wish.encode()));
  }

  /** Waits until what a path answers is as wanted. */
  JsonObject await(String path, Predicate<JsonObject> wanted) {
    return Awaitility.await().alias(path).atMost(PATIENCE).until(() -> get(path), wanted);
  }

  /** Submits a job and returns its id. */
  String submit(JsonObject request) {
    return ask(Request.post("/api/v1/jobs", request.encode())).has(202).json().getString("id");
  }

  /** The smallest picture of a pack. */
  String submit(String pack) {
    return submit(
        new JsonObject()
            .put("prompt", "a red apple")
            .put("pack", pack)
            .put("seed", 7)
            .put("steps", 2)
            .put("cfg", 1.0));
  }

  /** Waits for the end of a job and returns it. */
  JsonObject ended(String id, Duration patience) {
    return Awaitility.await()
        .alias("job " + id)
        .atMost(patience)
        .until(() -> get("jobs/" + id), job -> ENDED.contains(job.getString("status")));
  }

  /** Makes a picture. */
  JsonObject make(String pack) {
    return completed(ended(submit(pack), PATIENCE));
  }

  /** Asks for a picture that is not to be had, and returns the error. */
  JsonObject fail(String pack) {
    return error(ended(submit(pack), PATIENCE));
  }

  static JsonObject completed(JsonObject job) {
    assertThat(job.getString("status")).as("%s", job).isEqualTo("completed");
    return job;
  }

  static JsonObject error(JsonObject job) {
    assertThat(job.getString("status")).as("%s", job).isEqualTo("failed");
    return job.getJsonObject("error");
  }

  /** The PNG of a job's only picture. */
  byte[] png(JsonObject job) {
    String url = completed(job).getJsonArray("pictures").getJsonObject(0).getString("url");
    return ask(Request.get(url)).has(200).body().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** What is known of a job's only picture. */
  JsonObject picture(JsonObject job) {
    return get(
        "pictures/" + completed(job).getJsonArray("pictures").getJsonObject(0).getString("id"));
  }

  @Override
  public void close() {
    process.close();
  }
}
