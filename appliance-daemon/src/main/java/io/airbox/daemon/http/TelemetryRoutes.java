package io.airbox.daemon.http;

import io.airbox.daemon.jobs.JobQueue;
import io.airbox.daemon.telemetry.AlarmDesk;
import io.airbox.daemon.telemetry.Delivery;
import io.airbox.daemon.telemetry.Telemetry;
import io.airbox.daemon.telemetry.TelemetryJson;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Heat, power and load: now, and as curves. */
final class TelemetryRoutes {
  private static final String IDS = "ids";
  private static final int MOST_IDS = 16;
  private static final Pattern ID = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,94}[a-z0-9])?");
  private static final long LEAST_SECONDS = 10;
  private static final long MOST_SECONDS = Duration.ofDays(366).toSeconds();
  private static final long USUAL_SECONDS = Duration.ofHours(1).toSeconds();
  private static final long MOST_PARTS = 2000;
  private static final long USUAL_PARTS = 240;

  private final Telemetry telemetry;
  private final AlarmDesk alarms;
  private final JobQueue jobs;
  private final Delivery.Source deliveries;
  private final WorkerExecutor history;

  /**
   * @param history reads the disk, so that nothing else waits for that
   */
  TelemetryRoutes(
      Telemetry telemetry,
      AlarmDesk alarms,
      JobQueue jobs,
      Delivery.Source deliveries,
      WorkerExecutor history) {
    this.telemetry = telemetry;
    this.alarms = alarms;
    this.jobs = jobs;
    this.deliveries = deliveries;
    this.history = history;
  }

  void mount(Routes routes) {
    routes.get("/api/v1/telemetry").handler(this::show);
    routes.get("/api/v1/telemetry/history").handler(this::trend);
  }

  private void show(RoutingContext context) {
    Reply.json(
        context,
        200,
        TelemetryJson.of(telemetry, alarms.active(), jobs.statistics(), deliveries.deliveries()));
  }

  private void trend(RoutingContext context) {
    List<String> ids = ids(context.request().getParam(IDS));
    Duration length =
        Duration.ofSeconds(
            QueryFields.whole(context, "seconds", LEAST_SECONDS, MOST_SECONDS, USUAL_SECONDS));
    int parts = (int) QueryFields.whole(context, "parts", 1, MOST_PARTS, USUAL_PARTS);
    Reply.<JsonObject>after(
        context,
        history,
        () -> TelemetryJson.of(telemetry, telemetry.trend(ids, length, parts)),
        body -> Reply.json(context, 200, body));
  }

  private static List<String> ids(@Nullable String text) {
    if (text == null || text.isBlank()) {
      throw HttpFailure.invalid(IDS, "ids: say of which readings, as ids=temperature.soc,cpu.use");
    }
    List<String> ids = Arrays.stream(text.split(",", -1)).map(String::strip).distinct().toList();
    if (ids.size() > MOST_IDS) {
      throw HttpFailure.invalid(
          IDS, "ids: " + ids.size() + " readings are too many, " + MOST_IDS + " are the most");
    }
    for (String id : ids) {
      if (!ID.matcher(id).matches()) {
        throw HttpFailure.invalid(
            IDS, "ids: \"" + Fields.shortened(id) + "\" is not a reading's id");
      }
    }
    return ids;
  }
}
