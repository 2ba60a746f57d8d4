package io.airbox.daemon.http;

import io.airbox.daemon.access.Access;
import io.airbox.daemon.access.ApiKey;
import io.airbox.daemon.access.Caller;
import io.airbox.daemon.access.KeyRequest;
import io.airbox.daemon.access.KeyUse;
import io.airbox.daemon.access.NewKey;
import io.airbox.daemon.access.Role;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** API keys, and whether guests may make pictures. */
final class KeyRoutes {
  private static final String NAME = "name";
  private static final String ROLE = "role";
  private static final String EXPIRES = "expires";
  private static final String PICTURES = "pictures_per_day";
  private static final String JOBS = "concurrent_jobs";
  private static final String GUESTS = "guests";

  private final Access access;
  private final RequestBodies bodies;
  private final AccessWork work;

  KeyRoutes(Access access, RequestBodies bodies, AccessWork work) {
    this.access = access;
    this.bodies = bodies;
    this.work = work;
  }

  void mount(Routes routes) {
    routes.get("/api/v1/keys").handler(this::list);
    routes.post("/api/v1/keys").handler(this::add);
    routes.delete("/api/v1/keys/:id").handler(this::revoke);
    routes.get("/api/v1/access").handler(this::guests);
    routes.put("/api/v1/access").handler(this::changeGuests);
  }

  private void list(RoutingContext context) {
    work.then(
        context,
        () -> {
          JsonArray keys = new JsonArray();
          access.keys().forEach(key -> keys.add(json(key)));
          return new JsonObject().put("keys", keys);
        },
        body -> Reply.json(context, 200, body));
  }

  private void add(RoutingContext context) {
    Caller caller = Gate.caller(context);
    bodies.read(
        context,
        body -> request(Fields.parse(body, Set.of(NAME, ROLE, EXPIRES, PICTURES, JOBS))),
        request ->
            work.then(
                context,
                () -> access.addKey(caller, request),
                (NewKey made) ->
                    Reply.json(
                        context,
                        201,
                        json(new KeyUse(made.key(), null, 0)).put("key", made.secret()))));
  }

  private static KeyRequest request(Fields fields) {
    String name = fields.text(NAME, 1000);
    String role = fields.text(ROLE, 1000);
    if (name == null || role == null) {
      String missing = name == null ? NAME : ROLE;
      throw HttpFailure.invalid(missing, missing + ": is missing");
    }
    return new KeyRequest(
        name,
        Role.of(role)
            .orElseThrow(
                () -> HttpFailure.invalid(ROLE, "role: has to be user, operator or owner")),
        expires(fields.text(EXPIRES, 100)),
        fields.integer(PICTURES),
        fields.integer(JOBS));
  }

  private static @Nullable Instant expires(@Nullable String text) {
    try {
      return text == null ? null : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw HttpFailure.invalid(
          EXPIRES, "expires: is not a time such as 2027-01-31T12:00:00Z (RFC 3339)");
    }
  }

  private void revoke(RoutingContext context) {
    Caller caller = Gate.caller(context);
    String id = context.pathParam("id");
    work.then(
        context,
        () -> {
          access.revokeKey(caller, id);
          return true;
        },
        revoked -> Reply.nothing(context));
  }

  private void guests(RoutingContext context) {
    Reply.json(context, 200, new JsonObject().put(GUESTS, access.guests()));
  }

  private void changeGuests(RoutingContext context) {
    Caller caller = Gate.caller(context);
    bodies.read(
        context,
        body -> {
          Fields fields = Fields.parse(body, Set.of(GUESTS));
          if (!fields.has(GUESTS)) {
            throw HttpFailure.invalid(GUESTS, "guests: is missing");
          }
          return fields.flag(GUESTS, false);
        },
        welcome ->
            work.then(
                context,
                () -> {
                  access.guests(caller, welcome);
                  return true;
                },
                changed -> guests(context)));
  }

  private static JsonObject json(KeyUse use) {
    ApiKey key = use.key();
    return new JsonObject()
        .put("id", key.id())
        .put(NAME, key.name())
        .put(ROLE, key.role().id())
        .put("created", JobJson.time(key.created()))
        .put(EXPIRES, JobJson.time(key.expires()))
        .put(PICTURES, key.picturesPerDay())
        .put(JOBS, key.concurrentJobs())
        .put("last_used", JobJson.time(use.lastUsed()))
        .put("pictures_today", use.picturesToday());
  }
}
