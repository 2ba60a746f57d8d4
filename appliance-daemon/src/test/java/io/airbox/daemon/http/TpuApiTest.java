package io.airbox.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.airbox.daemon.TestDaemon;
import io.airbox.daemon.http.OwnerSocket.Answer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The TPU and its memory over the owner's socket, on a recorded box. */
class TpuApiTest {
  private static final String BOX = "sophon-jni/src/test/box/airbox";

  @TempDir Path data;
  private TestDaemon daemon;

  @BeforeEach
  void start() throws Exception {
    Path box = Path.of(System.getProperty("airbox.root"), BOX);
    daemon = TestDaemon.start(data, Map.of("sysroot", box.toString()));
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  private Answer ask(String method, String path, String body) throws IOException {
    return OwnerSocket.ask(daemon, method, path, body);
  }

  private Answer wish(String pack, String body) throws IOException {
    return ask("PUT", "/api/v1/tpu/packs/" + pack, body);
  }

  @Test
  void showsTheDeviceAndItsMemory() throws Exception {
    Answer shown = ask("GET", "/api/v1/tpu", "");

    assertThat(shown.status()).isEqualTo(200);
    JsonObject device = shown.body().getJsonObject("device");
    assertThat(device.getString("serial_number")).isEqualTo("HQATEVBAIAIAI0001");
    assertThat(device.getInteger("chip_celsius")).isEqualTo(48);
    assertThat(device.getJsonObject("sources").getString("chip_celsius"))
        .isEqualTo("/sys/class/thermal/thermal_zone0/temp");
    assertThat(shown.body().getJsonArray("processes")).hasSize(2);
    OpenApiDocumentTest.validate("Tpu", new ObjectMapper().readTree(shown.text()));
  }

  @Test
  void guestsAreNotShownIt() {
    assertThat(daemon.get("/api/v1/tpu").statusCode()).isEqualTo(403);
  }

  @Test
  void packsComeAndGoAsWanted() throws Exception {
    JsonObject loaded = wish("one", "{\"loaded\":true}").body();
    assertThat(loaded.getJsonArray("heaps").getJsonObject(0).getLong("ours_bytes")).isEqualTo(400);
    OpenApiDocumentTest.validate("Tpu", new ObjectMapper().readTree(loaded.encode()));

    assertThat(wish("one", "{\"pinned\":true}").body().getJsonArray("packs").getJsonObject(0))
        .satisfies(pack -> assertThat(((JsonObject) pack).getBoolean("pinned")).isTrue());
    assertThat(wish("two", "{\"loaded\":true,\"pinned\":true}").status()).isEqualTo(200);

    Answer full = wish("three", "{\"loaded\":true}");
    assertThat(full.status()).isEqualTo(507);
    assertThat(full.body().getString("code")).isEqualTo("OUT_OF_MEMORY");
    assertThat(full.body().getString("detail"))
        .contains("needs 400 bytes")
        .contains("100 are free");

    assertThat(wish("two", "{\"pinned\":false}").status()).isEqualTo(200);
    assertThat(wish("three", "{\"loaded\":true}").body().getLong("evictions")).isEqualTo(1);
    JsonObject left = wish("one", "{\"loaded\":false}").body();
    assertThat(left.getJsonArray("packs")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"loaded\":null}",
        "{\"loaded\":true,\"pinned\":null}",
        "{\"loaded\":\"yes\"}",
        "{\"loaded\":false,\"pinned\":true}",
        "{\"pin\":true}",
        ""
      })
  void whatCannotBeMeantIsRefused(String body) throws IOException {
    assertThat(wish("one", body).status()).isEqualTo(400);
  }

  @Test
  void anEngineAtWorkIsNotInterrupted() throws Exception {
    daemon.packs.busy = true;
    Answer refused = wish("one", "{\"loaded\":true}");

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.body().getString("code")).isEqualTo("ENGINE_BUSY");
  }

  @Test
  void aPackThatIsNotThereCannotBeLoaded() throws Exception {
    assertThat(wish("none", "{\"loaded\":true}").status()).isEqualTo(404);
  }

  @Test
  void writesDownWhoWantedWhat() throws Exception {
    wish("one", "{\"pinned\":true}");
    daemon.packs.busy = true;
    wish("one", "{\"loaded\":false}");
    String log = ask("GET", "/api/v1/audit", "").text();

    assertThat(log)
        .contains("\"memory.pin\"", "\"pinned\"", "\"memory.unload\"", "\"ENGINE_BUSY\"");
  }

  @Test
  void aHungTpuShowsInHealth() throws Exception {
    daemon.packs.fault = Optional.of("the TPU hangs; restart the box");

    JsonObject status = daemon.json("/api/v1/status");
    assertThat(status.getJsonObject("tpu").getString("health")).isEqualTo("hung");
    assertThat(status.getJsonObject("engine").getString("reason")).contains("hangs");
    assertThat(daemon.get("/readyz").statusCode()).isEqualTo(503);
    assertThat(daemon.get("/readyz").body()).contains("the TPU hangs");
    assertThat(ask("GET", "/metrics", "").text()).contains("airbox_tpu_healthy 0.0");
  }

  @Test
  void countsForPrometheus() throws Exception {
    wish("one", "{\"loaded\":true}");
    String metrics = ask("GET", "/metrics", "").text();

    assertThat(metrics)
        .contains(
            "airbox_memory_heap_bytes{heap=\"npu\",part=\"ours\"} 400.0",
            "airbox_memory_heap_bytes{heap=\"npu\",part=\"others\"} 100.0",
            "airbox_memory_pack_bytes{pack=\"one\"} 400.0",
            "airbox_tpu_clock_hertz 9.5E8",
            "airbox_tpu_use_ratio 0.04",
            "airbox_tpu_temperature_celsius{sensor=\"chip\"} 48.0",
            "airbox_tpu_healthy 1.0",
            "airbox_memory_evictions_total 0.0")
        // nobody counts what packs have of the heap that only the files tell
        .doesNotContain("heap=\"vpu\",part=\"ours\"");
  }
}
