package io.airbox.daemon.http;

import io.airbox.daemon.access.AuditEntry;
import io.airbox.daemon.access.AuditLog;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/** What happened. */
final class AuditRoutes {
  private final AuditLog log;
  private final AccessWork work;

  AuditRoutes(AuditLog log, AccessWork work) {
    this.log = log;
    this.work = work;
  }

  void mount(Routes routes) {
    routes.get("/api/v1/audit").handler(this::list);
  }

  private void list(RoutingContext context) {
    int limit = (int) QueryFields.whole(context, "limit", 1, 1000, 50);
    long before = QueryFields.whole(context, "before", 1, Long.MAX_VALUE, Long.MAX_VALUE);
    work.then(
        context,
        () -> {
          JsonArray entries = new JsonArray();
          log.read(limit, before == Long.MAX_VALUE ? null : Long.valueOf(before))
              .forEach(entry -> entries.add(json(entry)));
          return new JsonObject().put("entries", entries);
        },
        body -> Reply.json(context, 200, body));
  }

  private static JsonObject json(AuditEntry entry) {
    return new JsonObject()
        .put("number", entry.number())
        .put("time", JobJson.time(entry.time()))
        .put("actor", entry.actor())
        .put("address", entry.address())
        .put("channel", entry.channel())
        .put("action", entry.action())
        .put("target", entry.target())
        .put("before", entry.before())
        .put("after", entry.after())
        .put("outcome", entry.outcome());
  }
}
