package io.airbox.hwtests.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.hwtests.Checkout;
import io.airbox.hwtests.DaemonProcess;
import io.airbox.power.mqtt.Mosquitto;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three daemons on this machine, a broker, and {@code airbox fleet watch}. */
class FleetWatchIT {
  /** Of the box that is killed: so long that only the end of its connection can tell. */
  private static final Duration LONG = Duration.ofHours(1);

  /** Of the box that is stopped, whose connection stays. */
  private static final Duration SHORT = Duration.ofSeconds(4);

  /** What a slow machine and a look every two seconds may add. */
  private static final Duration SLOWNESS = Duration.ofSeconds(30);

  @TempDir Path folder;

  private final Map<String, DaemonProcess> boxes = new HashMap<>();

  @AfterEach
  void end() throws Exception {
    for (DaemonProcess box : boxes.values()) {
      signal(box, "CONT");
      box.close();
    }
  }

  @Test
  void showsAllAndTellsWhichIsKilledAndWhichHangs() throws Exception {
    try (Mosquitto broker = Mosquitto.start(folder.resolve("broker"))) {
      Map<String, CompletableFuture<DaemonProcess>> starting = new HashMap<>();
      Map.of("killed", LONG, "stopped", SHORT, "well", LONG)
          .forEach(
              (name, keepAlive) ->
                  starting.put(
                      name, CompletableFuture.supplyAsync(() -> box(broker, name, keepAlive))));
      for (Map.Entry<String, CompletableFuture<DaemonProcess>> each : starting.entrySet()) {
        boxes.put(each.getKey(), each.getValue().get());
      }
      try (Program watch = Program.start(folder, command(broker, "--json"));
          Program table = Program.start(folder, command(broker))) {
        JsonObject all = look(watch, "all three", look -> online(look).size() == 3);
        assertThat(online(all)).containsExactly("killed", "stopped", "well");
        assertThat(box(all, "well").getString("site")).isEqualTo("lab");
        assertThat(box(all, "well").getJsonObject("readings").getDouble("temperature.soc"))
            .isEqualTo(71);
        table.await("its heads", line -> line.matches("SITE/BOX +ONLINE +CHIP +POWER +TPU .*"));
        table.await(
            "one", line -> line.matches("lab/killed +yes +71\\.0 °C +23\\.5 W +96\\.0 %.*"));
        table.await("two", line -> line.matches("lab/stopped +yes .*"));
        table.await("three", line -> line.matches("lab/well +yes .*"));

        long killed = System.nanoTime();
        boxes.remove("killed").handle().destroyForcibly();
        JsonObject lost = look(watch, "the killed one", look -> !online(look).contains("killed"));
        assertThat(since(killed)).isLessThan(SLOWNESS);
        assertThat(box(lost, "killed").getString("reason")).isEqualTo("lost");
        assertThat(online(lost)).containsExactly("stopped", "well");
        table.await("it", line -> line.matches("lab/killed +no, lost +– +– +– .*"));

        long stopped = System.nanoTime();
        signal(boxes.get("stopped"), "STOP");
        JsonObject hangs = look(watch, "the stopped one", look -> online(look).size() == 1);
        assertThat(since(stopped)).isLessThan(SHORT.multipliedBy(3).dividedBy(2).plus(SLOWNESS));
        assertThat(box(hangs, "stopped").getString("reason")).isEqualTo("lost");
        assertThat(online(hangs)).containsExactly("well");

        signal(boxes.get("stopped"), "CONT");
        look(watch, "it goes on", look -> online(look).equals(List.of("stopped", "well")));
      }
    }
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }

  private DaemonProcess box(Mosquitto broker, String name, Duration keepAlive) {
    return DaemonProcess.start(
        folder.resolve(name),
        Map.of(
            "http.port", "0",
            "https.enabled", "false",
            "engine.kind", "onnx",
            "sysroot", Checkout.path("power-monitor/src/test/box/load").toString(),
            "mqtt.broker", broker.uri().toString(),
            "mqtt.site", "lab",
            "mqtt.box", name,
            "mqtt.keep.alive", keepAlive.toSeconds() + "s",
            "mqtt.interval", "1s"),
        List.of());
  }

  private static List<String> command(Mosquitto broker, String... options) {
    List<String> command = new ArrayList<>();
    command.add(Checkout.path("appliance-daemon/target/airbox/bin/airbox").toString());
    command.addAll(List.of("fleet", "watch", "--broker", broker.uri().toString()));
    command.addAll(List.of(options));
    return command;
  }

  private static JsonObject look(Program watch, String what, Predicate<JsonObject> meant) {
    return new JsonObject(watch.await(what, line -> meant.test(new JsonObject(line))));
  }

  private static List<String> online(JsonObject look) {
    return boxes(look).stream()
        .filter(each -> each.getBoolean("online"))
        .map(each -> each.getString("box"))
        .toList();
  }

  private static JsonObject box(JsonObject look, String name) {
    return boxes(look).stream()
        .filter(each -> each.getString("box").equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static List<JsonObject> boxes(JsonObject look) {
    JsonArray boxes = look.getJsonArray("boxes");
    return boxes.stream().map(JsonObject.class::cast).toList();
  }

  private static void signal(DaemonProcess box, String signal)
      throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + signal, Long.toString(box.handle().pid())).start().waitFor();
  }
}
