package io.airbox.daemon.http;

import io.airbox.daemon.access.Access;
import io.airbox.daemon.access.Caller;
import io.airbox.daemon.access.Channel;
import io.airbox.daemon.access.Identity;
import io.airbox.daemon.access.SignedIn;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who asks, signing in and out, and the owner's passphrase. */
final class SessionRoutes {
  static final String PASSPHRASE = "passphrase";

  private static final String KEY = "key";
  private static final String CURRENT = "current";

  /** Longer ones are refused below with the length that is asked for. */
  static final int LONGEST = 1024;

  private final Access access;
  private final SessionJson json;
  private final RequestBodies bodies;
  private final AccessWork work;

  SessionRoutes(Access access, SessionJson json, RequestBodies bodies, AccessWork work) {
    this.access = access;
    this.json = json;
    this.bodies = bodies;
    this.work = work;
  }

  void mount(Routes routes) {
    routes.get("/api/v1/session").handler(this::show);
    routes.post("/api/v1/session").handler(this::signIn);
    routes.delete("/api/v1/session").handler(this::signOut);
    routes.put("/api/v1/passphrase").handler(this::changePassphrase);
  }

  private void show(RoutingContext context) {
    Credentials.Asker asker = Gate.asker(context);
    Reply.json(context, 200, json.session(context, asker.actor(), asker.identity()));
  }

  private void signIn(RoutingContext context) {
    Caller caller = Gate.caller(context);
    bodies.read(
        context,
        body -> {
          Fields fields = Fields.parse(body, Set.of(PASSPHRASE, KEY));
          if (fields.has(PASSPHRASE) == fields.has(KEY)) {
            throw HttpFailure.invalid(
                fields.has(KEY) ? KEY : PASSPHRASE, "give either passphrase or key");
          }
          return fields;
        },
        fields -> work.then(context, () -> signIn(caller, fields), in -> greet(context, 201, in)));
  }

  private SignedIn signIn(Caller caller, Fields fields) {
    String key = fields.text(KEY, LONGEST);
    return key != null
        ? access.signInWithKey(caller, key)
        : access.signIn(caller, secret(fields, PASSPHRASE));
  }

  /** Gives a browser its session, in place of the one that it had. */
  void greet(RoutingContext context, int status, SignedIn in) {
    Channel channel = Gate.caller(context).channel();
    if (channel != Channel.SOCKET) {
      SessionCookie.give(context, channel, in.token());
    }
    Identity identity = in.identity();
    Reply.json(context, status, json.session(context, identity.actor(), identity));
  }

  private void signOut(RoutingContext context) {
    Caller caller = Gate.caller(context);
    String token = Gate.asker(context).token();
    work.then(
        context,
        () -> {
          if (token != null) {
            access.signOut(caller, token);
          }
          return true;
        },
        out -> {
          if (caller.channel() != Channel.SOCKET) {
            SessionCookie.remove(context, caller.channel());
          }
          Reply.nothing(context);
        });
  }

  private void changePassphrase(RoutingContext context) {
    Caller caller = Gate.caller(context);
    String token = Gate.asker(context).token();
    bodies.read(
        context,
        body -> Fields.parse(body, Set.of(CURRENT, PASSPHRASE)),
        fields ->
            work.then(
                context,
                () -> {
                  char @Nullable [] current = fields.has(CURRENT) ? secret(fields, CURRENT) : null;
                  access.changePassphrase(caller, current, secret(fields, PASSPHRASE), token);
                  return true;
                },
                changed -> Reply.nothing(context)));
  }

  /** A passphrase, which may have spaces at its ends. */
  static char[] secret(Fields fields, String name) {
    String text = fields.text(name, LONGEST);
    if (text == null) {
      throw HttpFailure.invalid(name, name + ": is missing");
    }
    return text.toCharArray();
  }
}
