package io.airbox.daemon.http;

import io.airbox.daemon.access.AuditLog;
import io.airbox.daemon.access.Caller;
import io.airbox.daemon.flash.FlashDesk;
import io.airbox.daemon.flash.FlashWish;
import io.airbox.flasher.FlashException;
import io.airbox.flasher.live.LiveWatch;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Another box that is flashed at a serial port of this machine: watched, analyzed, reported. */
final class FlashRoutes {
  private static final String WATCH = "/api/v1/flash/watch";
  private static final String PORT = "port";
  private static final String PACKAGE = "package";
  private static final String UNTIL = "until";
  private static final int LONGEST = 255;

  private final FlashDesk desk;
  private final AuditLog audit;
  private final RequestBodies bodies;
  private final Duration heartbeat;
  private final WorkerExecutor work;

  /**
   * @param work opens ports and reads packages
   */
  FlashRoutes(
      FlashDesk desk,
      AuditLog audit,
      RequestBodies bodies,
      Duration heartbeat,
      WorkerExecutor work) {
    this.desk = desk;
    this.audit = audit;
    this.bodies = bodies;
    this.heartbeat = heartbeat;
    this.work = work;
  }

  void mount(Routes routes) {
    routes
        .get("/api/v1/flash")
        .handler(
            context ->
                Reply.after(context, work, desk::show, body -> Reply.json(context, 200, body)));
    routes.post(WATCH).handler(this::start);
    routes.delete(WATCH).handler(this::stop);
    routes.get(WATCH + "/events").handler(this::events);
    routes.post("/api/v1/flash/analyze").handler(this::analyze);
    routes.get("/api/v1/flash/reports/:folder/:file").handler(this::file);
  }

  private void start(RoutingContext context) {
    Caller caller = Gate.caller(context);
    bodies.read(
        context,
        body -> {
          Fields fields = Fields.parse(body, Set.of(PORT, PACKAGE, UNTIL));
          String port = fields.text(PORT, LONGEST);
          if (port == null) {
            throw HttpFailure.invalid(PORT, PORT + ": is missing; GET /api/v1/flash lists ports");
          }
          return new FlashWish(
              port, fields.text(PACKAGE, LONGEST), until(fields.text(UNTIL, LONGEST)));
        },
        wish ->
            Reply.after(
                context, work, () -> start(caller, wish), body -> Reply.json(context, 202, body)));
  }

  private static LiveWatch.Until until(@Nullable String text) {
    for (LiveWatch.Until until : LiveWatch.Until.values()) {
      if (text == null || until.name().toLowerCase(Locale.ROOT).equals(text)) {
        return text == null ? LiveWatch.Until.BOOTED : until;
      }
    }
    throw HttpFailure.invalid(UNTIL, UNTIL + ": has to be flashed or booted");
  }

  private JsonObject start(Caller caller, FlashWish wish) {
    String outcome = AuditLog.DONE;
    try {
      return desk.start(wish);
    } catch (FlashException e) {
      outcome = e.reason().name();
      throw e;
    } finally {
      audit.record(caller, "flash.watch", wish.port(), null, wish.packageName(), outcome);
    }
  }

  private void stop(RoutingContext context) {
    Caller caller = Gate.caller(context);
    if (!desk.stop()) {
      throw HttpFailure.notFound("no flash is watched");
    }
    audit.record(caller, "flash.stop", null, null, null, AuditLog.DONE);
    Reply.nothing(context);
  }

  private void events(RoutingContext context) {
    EventStream stream = EventStream.open(context, heartbeat);
    Optional<Runnable> following =
        desk.follow(
            (name, data) ->
                stream.execute(
                    () -> {
                      stream.send(name, data);
                      if (name.equals("watch") && data.getString("ended") != null) {
                        stream.end();
                      }
                    }));
    if (following.isEmpty()) {
      stream.end();
      return;
    }
    stream.onLeave(following.get());
  }

  private void analyze(RoutingContext context) {
    String name = context.request().getParam(PACKAGE);
    bodies.read(
        context,
        body -> desk.analyze(body.getBytes(), name),
        report -> Reply.json(context, 200, report));
  }

  private void file(RoutingContext context) {
    String folder = context.pathParam("folder");
    String name = context.pathParam("file");
    Reply.after(
        context,
        work,
        () ->
            desk.file(folder, name)
                .orElseThrow(() -> HttpFailure.notFound("no such report is kept (any more)")),
        file -> send(context, file, folder + "-" + name));
  }

  private static void send(RoutingContext context, Path file, String name) {
    context
        .response()
        .putHeader(
            HttpHeaders.CONTENT_TYPE,
            name.endsWith(".json") ? "application/json" : "text/plain; charset=iso-8859-1")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .putHeader("Content-Disposition", "attachment; filename=\"" + name + "\"")
        .sendFile(file.toString())
        .onFailure(context::fail);
  }
}
