package io.airbox.daemon.http;

import io.airbox.daemon.access.Access;
import io.airbox.daemon.access.Caller;
import io.airbox.daemon.access.ClaimOffer;
import io.airbox.daemon.access.SignedIn;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Making somebody the owner, and recovery by who is at the box. */
final class ClaimRoutes {
  private static final String CODE = "code";
  private static final int LONGEST_CODE = 64;

  private final Access access;
  private final SessionRoutes sessions;
  private final RequestBodies bodies;
  private final AccessWork work;

  ClaimRoutes(Access access, SessionRoutes sessions, RequestBodies bodies, AccessWork work) {
    this.access = access;
    this.sessions = sessions;
    this.bodies = bodies;
    this.work = work;
  }

  void mount(Routes routes) {
    routes.post("/api/v1/claim").handler(this::claim);
    routes.get("/api/v1/claim").handler(this::show);
    routes.delete("/api/v1/claim").handler(this::reset);
  }

  private void claim(RoutingContext context) {
    Caller caller = Gate.caller(context);
    bodies.read(
        context,
        body -> Fields.parse(body, Set.of(CODE, SessionRoutes.PASSPHRASE)),
        fields ->
            work.then(
                context,
                () -> claim(caller, fields),
                owner -> sessions.greet(context, 201, owner)));
  }

  private SignedIn claim(Caller caller, Fields fields) {
    String code = fields.text(CODE, LONGEST_CODE);
    return access.claim(caller, code, SessionRoutes.secret(fields, SessionRoutes.PASSPHRASE));
  }

  private void show(RoutingContext context) {
    work.then(
        context,
        () -> json(access.claimOffer().orElse(null)),
        body -> Reply.json(context, 200, body));
  }

  private void reset(RoutingContext context) {
    Caller caller = Gate.caller(context);
    String keys = context.request().getParam("keys");
    if (keys != null && !keys.equals("revoke") && !keys.equals("keep")) {
      throw HttpFailure.invalid("keys", "keys: has to be keep or revoke");
    }
    work.then(
        context,
        () -> json(access.reset(caller, "revoke".equals(keys))),
        body -> Reply.json(context, 200, body));
  }

  private static JsonObject json(@Nullable ClaimOffer offer) {
    return new JsonObject()
        .put("claimed", offer == null)
        .put("code", offer == null ? null : offer.code())
        .put("expires", offer == null ? null : JobJson.time(offer.expires()));
  }
}
