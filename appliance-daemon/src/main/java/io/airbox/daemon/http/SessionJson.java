package io.airbox.daemon.http;

import io.airbox.daemon.access.Access;
import io.airbox.daemon.access.Actor;
import io.airbox.daemon.access.ApiKey;
import io.airbox.daemon.access.Identity;
import io.airbox.daemon.tls.BoxTls;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/** Who somebody is here, as {@code docs/api.md} shows it. */
final class SessionJson {
  private final Access access;
  private final Https https;

  SessionJson(Access access, Https https) {
    this.access = access;
    this.https = https;
  }

  JsonObject session(RoutingContext context, Actor actor, @Nullable Identity identity) {
    ApiKey key = identity == null ? null : identity.key();
    String url = https.address().of(context);
    return new JsonObject()
        .put("claimed", access.claimed())
        .put("role", actor.role().id())
        .put("actor", actor.id())
        .put(
            "key",
            key == null ? null : new JsonObject().put("id", key.id()).put("name", key.name()))
        .put("guests", access.guests())
        .put("channel", Gate.caller(context).channel().id())
        .put("expires", identity == null ? null : JobJson.time(identity.expires()))
        .put("https", url == null ? null : url + "/")
        .put(
            "certificate",
            https
                .tls()
                .flatMap(BoxTls::description)
                .map(
                    certificate ->
                        new JsonObject()
                            .put("sha256", certificate.sha256().toString())
                            .put("public_key_sha256", certificate.publicKeySha256().toString()))
                .orElse(null));
  }
}
