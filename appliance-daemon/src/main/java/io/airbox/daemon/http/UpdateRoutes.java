package io.airbox.daemon.http;

import io.airbox.daemon.access.AuditLog;
import io.airbox.daemon.access.Caller;
import io.airbox.daemon.pictures.StorageReason;
import io.airbox.daemon.updates.UpdateDesk;
import io.airbox.daemon.updates.UpdateJson;
import io.airbox.ota.UpdateException;
import io.airbox.ota.store.Sacrifice;
import io.airbox.ota.trust.AuthorityKeys;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Packs that are installed by signed release, and whose releases the box takes. */
final class UpdateRoutes {
  private static final String ADDRESS = "address";
  private static final String LET_GO = "let_go";
  private static final int LONGEST = 2048;

  private final UpdateDesk desk;
  private final AuditLog audit;
  private final RequestBodies bodies;
  private final WorkerExecutor work;

  /**
   * @param work fetches documents and writes to the disk
   */
  UpdateRoutes(UpdateDesk desk, AuditLog audit, RequestBodies bodies, WorkerExecutor work) {
    this.desk = desk;
    this.audit = audit;
    this.bodies = bodies;
    this.work = work;
  }

  void mount(Routes routes) {
    routes
        .get("/api/v1/updates")
        .handler(
            context ->
                Reply.after(context, work, desk::show, body -> Reply.json(context, 200, body)));
    routes.post("/api/v1/updates").handler(this::install);
    routes.delete("/api/v1/updates/current").handler(this::cancel);
    routes
        .get("/api/v1/models")
        .handler(
            context ->
                Reply.after(context, work, desk::slots, body -> Reply.json(context, 200, body)));
    routes.post("/api/v1/models/:name/rollback").handler(this::rollBack);
    routes.delete("/api/v1/models/:name").handler(this::remove);
    routes
        .get("/api/v1/authorities")
        .handler(context -> Reply.json(context, 200, UpdateJson.of(desk.authorities())));
    routes.post("/api/v1/authorities").handler(this::trust);
    routes.delete("/api/v1/authorities/:name").handler(this::distrust);
  }

  private record Wish(String address, Sacrifice letGo) {}

  private void install(RoutingContext context) {
    bodies.read(
        context,
        body -> {
          Fields fields = Fields.parse(body, Set.of(ADDRESS, LET_GO));
          String address = fields.text(ADDRESS, LONGEST);
          if (address == null) {
            throw HttpFailure.invalid(
                ADDRESS, ADDRESS + ": is missing; name a release, or the folder that it is in");
          }
          return new Wish(address, sacrifice(fields.text(LET_GO, LONGEST)));
        },
        wish ->
            audited(
                context,
                "models.install",
                wish.address(),
                () -> install(wish),
                body -> Reply.json(context, 202, body)));
  }

  private JsonObject install(Wish wish) throws IOException, InterruptedException {
    try {
      return desk.install(wish.address(), wish.letGo());
    } catch (IllegalArgumentException e) {
      throw HttpFailure.invalid(ADDRESS, ADDRESS + ": " + e.getMessage());
    }
  }

  private static Sacrifice sacrifice(@Nullable String text) {
    for (Sacrifice each : Sacrifice.values()) {
      if (text == null || each.name().toLowerCase(Locale.ROOT).equals(text)) {
        return text == null ? Sacrifice.NOTHING : each;
      }
    }
    throw HttpFailure.invalid(LET_GO, LET_GO + ": has to be nothing, previous or current");
  }

  private void cancel(RoutingContext context) {
    audited(
        context,
        "models.cancel",
        null,
        () -> {
          desk.cancel();
          return true;
        },
        done -> Reply.nothing(context));
  }

  private void rollBack(RoutingContext context) {
    String pack = context.pathParam("name");
    audited(
        context,
        "models.rollback",
        pack,
        () -> desk.rollBack(pack),
        body -> Reply.json(context, 200, body));
  }

  private void remove(RoutingContext context) {
    String pack = context.pathParam("name");
    audited(
        context,
        "models.remove",
        pack,
        () -> {
          desk.remove(pack);
          return true;
        },
        done -> Reply.nothing(context));
  }

  private void trust(RoutingContext context) {
    bodies.read(
        context,
        body -> body.getBytes(),
        document ->
            audited(
                context,
                "models.trust",
                null,
                () -> {
                  AuthorityKeys keys = desk.authorities().add(document);
                  return new JsonObject()
                      .put("authority", keys.authority())
                      .put("version", keys.version());
                },
                body -> Reply.json(context, 200, body)));
  }

  private void distrust(RoutingContext context) {
    String authority = context.pathParam("name");
    audited(
        context,
        "models.distrust",
        authority,
        () -> {
          desk.authorities().remove(authority);
          return true;
        },
        done -> Reply.nothing(context));
  }

  /** Work that is refused in words, or fails at the disk. */
  @FunctionalInterface
  private interface Deed<T> {
    T run() throws IOException, InterruptedException;
  }

  private <T> void audited(
      RoutingContext context,
      String action,
      @Nullable String target,
      Deed<T> deed,
      Consumer<T> then) {
    Caller caller = Gate.caller(context);
    Reply.after(context, work, () -> perform(caller, action, target, deed), then);
  }

  private <T> T perform(Caller caller, String action, @Nullable String target, Deed<T> deed)
      throws InterruptedException {
    String outcome = "INTERNAL";
    try {
      T result = deed.run();
      outcome = AuditLog.DONE;
      return result;
    } catch (UpdateException e) {
      outcome = e.reason().name();
      throw e;
    } catch (HttpFailure e) {
      outcome = e.code();
      throw e;
    } catch (IOException e) {
      outcome = "STORAGE_FAULT";
      throw new HttpFailure(
          500, outcome, null, "the models cannot be read or written: " + StorageReason.of(e));
    } finally {
      audit.record(caller, action, target, null, null, outcome);
    }
  }
}
