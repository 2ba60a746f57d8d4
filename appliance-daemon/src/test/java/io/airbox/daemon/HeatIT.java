package io.airbox.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.airbox.daemon.http.OwnerSocket;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A recorded box that is heated step by step while its daemon makes pictures with the real engine:
 * jobs slow down, wait and are refused, and all that comes back in order as it cools down.
 */
class HeatIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir Path folder;
  private Path box;
  private TestDaemon daemon;

  @BeforeEach
  void start() throws Exception {
    box = folder.resolve("box");
    copy(Path.of(System.getProperty("airbox.root"), "power-monitor/src/test/box/load"), box);
    daemon =
        TestDaemon.startReal(
            folder.resolve("data"),
            Map.of(
                "sysroot", box.toString(),
                "engine.kind", "onnx",
                "telemetry.interval", "1s",
                "jobs.queue.limit", "4"));
    await().atMost(PATIENCE).until(() -> daemon.get("/readyz").statusCode() == 200);
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path each, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectories(to.resolve(from.relativize(each).toString()));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path each, BasicFileAttributes attributes)
              throws IOException {
            Files.copy(each, to.resolve(from.relativize(each).toString()));
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** The chip's temperature; a reader sees the one before or this one. */
  private void heat(double celsius) throws IOException {
    Path file = box.resolve("sys/class/thermal/thermal_zone0/temp");
    Path next = Files.writeString(folder.resolve("temp"), (int) (celsius * 1000) + "\n");
    Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  private String state() {
    return daemon.json("/api/v1/status").getJsonObject("thermal").getString("state");
  }

  private void awaitState(String state) {
    await().atMost(PATIENCE).until(() -> state().equals(state));
  }

  private JsonObject job(String id) {
    return daemon.json("/api/v1/jobs/" + id);
  }

  private String status(String id) {
    return job(id).getString("status");
  }

  private void awaitStatus(String id, String status) {
    await().atMost(PATIENCE).until(() -> status(id).equals(status));
  }

  private int loadedPacks() throws IOException {
    return OwnerSocket.ask(daemon, "GET", "/api/v1/tpu", "").body().getJsonArray("packs").size();
  }

  @Test
  void jobsSlowDownWaitAndAreRefusedAndAllComesBackInOrder() throws Exception {
    String cool = daemon.submit("{\"prompt\":\"a red apple\",\"steps\":10}");
    JsonObject energy = daemon.finished(cool).getJsonObject("energy");
    assertThat(energy.getDouble("watts")).isEqualTo(23.48);
    assertThat(job(cool).getValue("restraint")).isNull();

    // warm: 9 rests of 250 ms in a picture of 10 steps, and half of the places
    heat(82);
    awaitState("warm");
    String paced = daemon.submit("{\"prompt\":\"a red apple\",\"steps\":10}");
    assertThat(seconds(daemon.finished(paced))).isGreaterThan(9 * 0.25);
    String warm = daemon.submit("{\"prompt\":\"a red apple\",\"steps\":40}");
    awaitStatus(warm, "running");
    assertThat(job(warm).getJsonObject("restraint").getString("kind")).isEqualTo("warm");
    List<String> line = new ArrayList<>();
    line.add(daemon.submit("{\"prompt\":\"a yellow banana\",\"steps\":10}"));
    line.add(daemon.submit("{\"prompt\":\"a green leaf\",\"steps\":40}"));
    HttpResponse<String> refused = daemon.post("/api/v1/jobs", "{\"prompt\":\"one too many\"}");
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(new JsonObject(refused.body()).getString("detail"))
        .contains("warm from 80 °C on")
        .contains("2 jobs wait");

    // hot, while the first of three takes its 10 seconds: the running one ends, the others wait
    heat(86);
    awaitState("hot");
    assertThat(daemon.finished(warm).getString("status")).isEqualTo("completed");
    await()
        .atMost(PATIENCE)
        .until(() -> line.stream().noneMatch(id -> status(id).equals("running")));
    String waiting = line.get(1);
    assertThat(status(waiting)).isEqualTo("queued");
    assertThat(job(waiting).getJsonObject("restraint").getString("reason"))
        .contains("86.0 °C")
        .contains("hot from 85 °C on, until 80 °C");
    assertThat(job(waiting).getValue("eta_seconds")).isNull();

    // and goes on where it is warm; critical then: it is cancelled, the pack goes, no job is taken
    heat(79);
    awaitState("warm");
    awaitStatus(waiting, "running");
    String last = daemon.submit("{\"prompt\":\"a blue ball\",\"steps\":10}");
    heat(92);
    awaitState("critical");
    JsonObject cancelled = daemon.finished(waiting);
    assertThat(cancelled.getString("status")).isEqualTo("cancelled");
    assertThat(cancelled.getJsonObject("error").getString("code")).isEqualTo("TOO_HOT");
    assertThat(cancelled.getJsonObject("error").getString("message"))
        .startsWith("cancelled, for the chip has 92.0 °C");
    assertThat(status(last)).isEqualTo("queued");
    assertThat(daemon.post("/api/v1/jobs", "{\"prompt\":\"no\"}").statusCode()).isEqualTo(503);
    assertThat(daemon.get("/readyz").statusCode()).isEqualTo(503);
    await().atMost(PATIENCE).until(() -> loadedPacks() == 0);

    // back, one state after the other
    heat(60);
    awaitState("hot");
    assertThat(status(last)).isEqualTo("queued");
    awaitState("warm");
    assertThat(daemon.finished(last).getString("status")).isEqualTo("completed");
    awaitState("normal");
    assertThat(daemon.get("/readyz").statusCode()).isEqualTo(200);
    assertThat(daemon.finished(daemon.submit("{\"prompt\":\"a red apple\"}")).getString("status"))
        .isEqualTo("completed");
  }

  private static double seconds(JsonObject job) {
    return Duration.between(
                java.time.Instant.parse(job.getString("started")),
                java.time.Instant.parse(job.getString("finished")))
            .toMillis()
        / 1000.0;
  }
}
