package io.airbox.daemon.http;

import io.airbox.daemon.access.Access;
import io.airbox.daemon.access.AccessException;
import io.airbox.daemon.access.Actor;
import io.airbox.daemon.access.Audience;
import io.airbox.daemon.access.Caller;
import io.airbox.daemon.access.Channel;
import io.airbox.daemon.access.Decision;
import io.airbox.daemon.access.Rule;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets a request through to its route or says why not: finds out who asks, has {@link Access} judge
 * by the route's rule, and leaves {@link #caller} and {@link #asker} for the route.
 */
final class Gate {
  private static final String CALLER = "airbox.caller";
  private static final String ASKER = "airbox.asker";

  /** Worth the owner's attention whatever was asked for: a wrong key, and one that was exposed. */
  private static final Set<String> TELLING = Set.of("INVALID_KEY", "TLS_REQUIRED");

  private final Access access;
  private final Entrance entrance;
  private final Credentials credentials;
  private final HttpsAddress https;

  Gate(Access access, Entrance entrance, HttpsAddress https) {
    this.access = access;
    this.entrance = entrance;
    this.credentials = new Credentials(access, entrance);
    this.https = https;
  }

  /** Who asks, from where and how. */
  static Caller caller(RoutingContext context) {
    return context.get(CALLER);
  }

  /** By which credential. */
  static Credentials.Asker asker(RoutingContext context) {
    return context.get(ASKER);
  }

  /** What stands before a route of this rule. */
  Handler<RoutingContext> keeping(Rule rule) {
    return context -> {
      Channel channel = entrance.channel(context.request());
      String address = entrance.address(context.request());
      Credentials.Asker asker;
      try {
        asker = credentials.of(context);
      } catch (AccessException | HttpFailure wrong) {
        refuse(
            context,
            rule,
            new Caller(Actor.guest(address), address, channel),
            HttpFailure.of(wrong, 0));
        return;
      }
      Caller caller = new Caller(asker.actor(), address, channel);
      Decision decision = access.decide(rule, asker.actor(), channel);
      HttpFailure refusal = refusal(context, decision);
      if (refusal != null) {
        refuse(context, rule, caller, refusal);
        return;
      }
      context.put(CALLER, caller);
      context.put(ASKER, asker);
      context.next();
    };
  }

  private void refuse(RoutingContext context, Rule rule, Caller caller, HttpFailure refusal) {
    boolean higher = rule.audience().compareTo(Audience.USER) > 0;
    if (refusal.status() != 307 && (higher || TELLING.contains(refusal.code()))) {
      access.audit().refused(caller, "request", rule.toString(), refusal.code());
    }
    context.fail(refusal);
  }

  private @Nullable HttpFailure refusal(RoutingContext context, Decision decision) {
    if (decision instanceof Decision.Allowed) {
      return null;
    }
    if (decision instanceof Decision.Unauthenticated nobody) {
      return new HttpFailure(
          401,
          "UNAUTHENTICATED",
          null,
          "this needs the role " + nobody.needed().id() + ": sign in or send an API key");
    }
    if (decision instanceof Decision.Forbidden forbidden) {
      return new HttpFailure(
          403,
          "FORBIDDEN",
          null,
          "this needs the role " + forbidden.needed().id() + ", yours is " + forbidden.had().id());
    }
    if (decision instanceof Decision.SocketOnly) {
      return new HttpFailure(
          403, "SOCKET_ONLY", null, "only on the box itself: recovery needs physical presence");
    }
    if (decision instanceof Decision.NotClaimed) {
      return new HttpFailure(
          403,
          "NOT_CLAIMED",
          null,
          "the box has no owner yet; claim it with the code on its console");
    }
    if (decision instanceof Decision.TooPowerful powerful) {
      return tls(
          "a credential of the role "
              + powerful.had().id()
              + " came in plain text, where others can have read it; it counts over HTTPS only");
    }
    String url = https.of(context);
    if (url == null) {
      return tls(
          "only over HTTPS, which this daemon does not serve now; use the box's own console");
    }
    String query = context.request().query();
    context
        .response()
        .putHeader(
            HttpHeaders.LOCATION,
            url + context.request().path() + (query == null ? "" : "?" + query));
    return new HttpFailure(307, "TLS_REQUIRED", null, "only over HTTPS: ask again at " + url);
  }

  private static HttpFailure tls(String detail) {
    return new HttpFailure(403, "TLS_REQUIRED", null, detail);
  }
}
