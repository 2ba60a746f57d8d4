package io.airbox.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.airbox.daemon.TestDaemon;
import io.airbox.daemon.http.OwnerSocket.Answer;
import io.airbox.generation.Infotext;
import io.airbox.generation.image.Png;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sensors of recorded machines over the owner's socket. */
class TelemetryApiTest {
  @TempDir Path data;

  private TestDaemon daemon(String machine) throws Exception {
    Path box = Path.of(System.getProperty("airbox.root"), "power-monitor/src/test/box", machine);
    return TestDaemon.start(data, Map.of("sysroot", box.toString(), "telemetry.interval", "1s"));
  }

  private static Answer ask(TestDaemon daemon, String path) throws IOException {
    return OwnerSocket.ask(daemon, "GET", path, "");
  }

  @Test
  void tellsWhatTheSensorsTellAndWhatHeatAllows() throws Exception {
    try (TestDaemon daemon = daemon("load")) {
      Answer told = ask(daemon, "/api/v1/telemetry");

      assertThat(told.status()).isEqualTo(200);
      OpenApiDocumentTest.validate("Telemetry", new ObjectMapper().readTree(told.text()));
      JsonObject power = told.body().getJsonObject("readings").getJsonObject("power.input");
      assertThat(power.getDouble("value")).isEqualTo(23.48);
      assertThat(power.getString("unit")).isEqualTo("watts");
      assertThat(power.getString("quality")).isEqualTo("good");
      assertThat(told.body().getJsonObject("thermal").getString("state")).isEqualTo("normal");
      assertThat(told.body().getJsonObject("history").getBoolean("kept")).isTrue();
      assertThat(daemon.get("/api/v1/telemetry").statusCode()).isEqualTo(403);
    }
  }

  @Test
  void tellsThePastAsCurves() throws Exception {
    try (TestDaemon daemon = daemon("idle")) {
      Answer told =
          ask(daemon, "/api/v1/telemetry/history?ids=temperature.soc,no.such&seconds=60&parts=6");

      OpenApiDocumentTest.validate("Trend", new ObjectMapper().readTree(told.text()));
      assertThat(told.body().getDouble("part_seconds")).isEqualTo(10);
      JsonObject series = told.body().getJsonObject("series");
      JsonArray part =
          series.getJsonObject("temperature.soc").getJsonArray("parts").getJsonArray(0);
      assertThat(part.getDouble(1)).isEqualTo(42.25);
      assertThat(part.getDouble(3)).isEqualTo(42.25);
      assertThat(series.getJsonObject("no.such").getJsonArray("parts")).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "?ids=",
        "?ids=..%2Fetc",
        "?ids=a,,b",
        "?ids=cpu.use&seconds=1",
        "?ids=cpu.use&seconds=x",
        "?ids=cpu.use&parts=0",
        "?ids=cpu.use&parts=99999",
        "?ids=a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q"
      })
  void whatCannotBeMeantIsRefused(String query) throws Exception {
    try (TestDaemon daemon = daemon("idle")) {
      assertThat(ask(daemon, "/api/v1/telemetry/history" + query).status()).isEqualTo(400);
    }
  }

  @Test
  void tellsWhoIsToldAndWhatWaits() throws Exception {
    Path box = Path.of(System.getProperty("airbox.root"), "power-monitor/src/test/box/throttled");
    Map<String, String> settings =
        Map.of(
            "sysroot", box.toString(),
            "telemetry.interval", "1s",
            "mqtt.broker", "tcp://127.0.0.1:1",
            "mqtt.layouts", "json,sparkplug",
            "alarms.webhook.url", "http://127.0.0.1:1/s3cret?token=s3cret");
    try (TestDaemon daemon = TestDaemon.start(data, settings)) {
      await()
          .until(
              () ->
                  deliveries(daemon).stream()
                      .allMatch(
                          each ->
                              each.getString("state").equals("waiting")
                                  && each.getInteger("alarms") > 0));
      assertThat(deliveries(daemon))
          .extracting(each -> each.getString("to"), each -> each.getString("name"))
          .containsExactly(
              tuple("mqtt", "json"), tuple("mqtt", "sparkplug"), tuple("webhook", "alarms"));
      await().until(() -> deliveries(daemon).get(0).getString("reason").contains("refused"));
      assertThat(deliveries(daemon))
          .extracting(each -> each.getString("place"))
          .containsExactly("tcp://127.0.0.1:1", "tcp://127.0.0.1:1", "http://127.0.0.1:1");
      String told = ask(daemon, "/api/v1/telemetry").text();
      OpenApiDocumentTest.validate("Telemetry", new ObjectMapper().readTree(told));
      assertThat(told).doesNotContain("s3cret");
      assertThat(ask(daemon, "/metrics").text())
          .contains(
              "airbox_delivery_connected{name=\"json\",to=\"mqtt\"} 0.0",
              "airbox_delivery_waiting{kind=\"alarms\",name=\"alarms\",to=\"webhook\"} ",
              "airbox_delivery_bytes{name=\"sparkplug\",to=\"mqtt\"} ",
              "airbox_delivery_lost_total{kind=\"measurements\",name=\"json\",to=\"mqtt\"} 0.0");
      JsonObject status = daemon.json("/api/v1/status");
      for (String to : List.of("mqtt", "webhook")) {
        assertThat(status.getJsonObject(to).getString("state")).isEqualTo("disconnected");
        assertThat(status.getJsonObject(to).getInteger("waiting")).isPositive();
      }
    }
  }

  private static List<JsonObject> deliveries(TestDaemon daemon) throws IOException {
    return ask(daemon, "/api/v1/telemetry").body().getJsonArray("deliveries").stream()
        .map(JsonObject.class::cast)
        .toList();
  }

  @Test
  void anAlarmReachesTheWebhookOfADaemonThatWasStartedAgain() throws Exception {
    Path box = Path.of(System.getProperty("airbox.root"), "power-monitor/src/test/box/throttled");
    List<JsonObject> posted = new CopyOnWriteArrayList<>();
    AtomicInteger status = new AtomicInteger(500);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    server.createContext(
        "/hook",
        exchange -> {
          posted.add(new JsonObject(Buffer.buffer(exchange.getRequestBody().readAllBytes())));
          exchange.sendResponseHeaders(status.get(), -1);
          exchange.close();
        });
    server.start();
    Map<String, String> settings =
        Map.of(
            "sysroot", box.toString(),
            "telemetry.interval", "1s",
            "mqtt.site", "lab",
            "mqtt.box", "one",
            "alarms.webhook.url", "http://127.0.0.1:" + server.getAddress().getPort() + "/hook");
    try {
      try (TestDaemon daemon = TestDaemon.start(data, settings)) {
        await()
            .until(
                () ->
                    deliveries(daemon).get(0).getString("reason") != null
                        && deliveries(daemon).get(0).getString("reason").endsWith("answered 500"));
      }
      JsonObject first = posted.get(0);
      assertThat(first.getBoolean("late")).isFalse();
      posted.clear();
      status.set(204);
      try (TestDaemon daemon = TestDaemon.start(data, settings)) {
        await().until(() -> deliveries(daemon).get(0).getString("last_sent") != null);
        assertThat(deliveries(daemon).get(0).getString("state")).isEqualTo("connected");
        assertThat(first.getString("site")).isEqualTo("lab");
        assertThat(first.getString("box")).isEqualTo("one");
        assertThat(posted.get(0)).isEqualTo(first.put("late", true));
      }
    } finally {
      server.stop(0);
    }
  }

  @Test
  void countsForPrometheus() throws Exception {
    try (TestDaemon daemon = daemon("throttled")) {
      assertThat(ask(daemon, "/metrics").text())
          .contains(
              "airbox_temperature_celsius{sensor=\"soc\"} 90.5",
              "airbox_power_watts{rail=\"input\"} 15.21",
              "airbox_fan_duty_ratio 0.99",
              "airbox_throttle_level 2.0",
              "airbox_controller_alert{alert=\"soc-overheat\"} 1.0",
              "airbox_system_memory_bytes{part=\"size\"}",
              "airbox_thermal_state{state=\"critical\"} 1.0",
              "airbox_thermal_state{state=\"normal\"} 0.0",
              "airbox_sensor_readings{quality=\"good\"}")
          .doesNotContain("airbox_jobs_energy_joules_total");
    }
  }

  @Test
  void whatIsNotMeasuredIsUnknownAndNotZero() throws Exception {
    try (TestDaemon daemon = daemon("missing")) {
      String job = daemon.submit("{\"prompt\":\"apple\"}");
      JsonObject done = daemon.finished(job);

      assertThat(done.getValue("energy")).isNull();
      assertThat(done.getJsonArray("pictures").getJsonObject(0).getValue("energy")).isNull();
      assertThat(energyIn(daemon, job)).contains("Energy: unknown").doesNotContain("Mean power");
      assertThat(ask(daemon, "/metrics").text()).doesNotContain("energy_joules");
      JsonObject energy = ask(daemon, "/api/v1/telemetry").body().getJsonObject("energy");
      assertThat(energy.getValue("joules_total")).isNull();
    }
  }

  @Test
  void energyIsInTheJobThePictureItsFileAndTheCounters() throws Exception {
    try (TestDaemon daemon = daemon("load")) {
      await().until(() -> joules(daemon) > 0);
      double before = joules(daemon);
      String job = daemon.submit("{\"prompt\":\"hold\"}");
      await().until(() -> joules(daemon) - before > 23.48 * 2);
      daemon.maker.release();
      JsonObject done = daemon.finished(job);

      JsonObject energy = done.getJsonObject("energy");
      assertThat(energy.getDouble("watts")).isEqualTo(23.48);
      assertThat(energy.getDouble("joules")).isGreaterThan(23.48);
      assertThat(energyIn(daemon, job)).contains("Mean power: 23.5 W");
      OpenApiDocumentTest.validate("Job", new ObjectMapper().readTree(done.encode()));
      assertThat(
              daemon
                  .json("/api/v1/pictures/" + job + "-0")
                  .getJsonObject("energy")
                  .getDouble("watts"))
          .isEqualTo(23.48);
      String metrics = ask(daemon, "/metrics").text();
      assertThat(metrics)
          .contains("airbox_jobs_measured_total 1.0", "airbox_pictures_measured_total 1.0")
          .containsPattern("(?m)^airbox_jobs_energy_joules_total \\d\\d")
          .containsPattern("(?m)^airbox_energy_joules_total \\d");
    }
  }

  /** Since the start; zero while it is unknown. */
  private static double joules(TestDaemon daemon) throws IOException {
    JsonObject energy = ask(daemon, "/api/v1/telemetry").body().getJsonObject("energy");
    return Objects.requireNonNullElse(energy.getDouble("joules_total"), 0.0);
  }

  private static String energyIn(TestDaemon daemon, String job) throws Exception {
    byte[] png =
        daemon
            .client()
            .send(
                daemon.request("/api/v1/pictures/" + job + "-0.png").build(),
                BodyHandlers.ofByteArray())
            .body();
    return Png.texts(png).get(Infotext.KEYWORD);
  }

  @Test
  void aBoxThatIsTooHotSaysSoEverywhereAndTakesNoJob() throws Exception {
    try (TestDaemon daemon = daemon("throttled")) {
      JsonObject status = daemon.json("/api/v1/status");
      assertThat(status.getJsonObject("thermal").getString("state")).isEqualTo("critical");
      assertThat(daemon.get("/readyz").statusCode()).isEqualTo(503);
      await()
          .until(
              () ->
                  ask(daemon, "/api/v1/telemetry").body().getJsonArray("alarms").stream()
                      .anyMatch(
                          alarm -> ((JsonObject) alarm).getString("id").equals("heat.critical")));
      assertThat(ask(daemon, "/metrics").text())
          .contains("airbox_alarm{id=\"heat.critical\",severity=\"critical\"} 1.0");
      var refused = daemon.post("/api/v1/jobs", "{\"prompt\":\"apple\"}");
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.headers().firstValue("retry-after")).contains("60");
      JsonObject problem = new JsonObject(refused.body());
      assertThat(problem.getString("code")).isEqualTo("TOO_HOT");
      assertThat(problem.getString("detail")).contains("90.5 °C").contains("no job is taken");
    }
  }
}
