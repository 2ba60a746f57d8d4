package io.airbox.daemon.http;

import io.airbox.daemon.access.Caller;
import io.airbox.daemon.access.Channel;
import io.airbox.daemon.access.Role;
import io.airbox.daemon.network.BoxNetwork;
import io.airbox.daemon.network.NetworkJson;
import io.airbox.daemon.network.NetworkRefusedException;
import io.airbox.daemon.network.NetworkView.Asker;
import io.airbox.daemon.network.NetworkView.Wish;
import io.airbox.netplan.apply.Announced;
import io.airbox.netplan.apply.Transaction;
import io.netty.util.NetUtil;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The box's network: shown, planned, changed, confirmed. */
final class NetworkRoutes {
  /** Where a page of another origin of the box may ask too, see {@link HostGuard}. */
  static final String CONFIRM = "/api/v1/network/confirm";

  private static final String SETTINGS = "settings";
  private static final String PRESET = "preset";
  private static final String FIELDS = "fields";
  private static final String FILES = "files";
  private static final String UNDO = "undo";
  private static final String PLAN = "plan";
  private static final String WINDOW = "window";
  private static final String FORCE = "force";
  private static final String TRANSACTION = "transaction";
  private static final String TOKEN = "token";

  private static final int LONGEST_ID = 100;

  /** More than all files of a machine with fifty interfaces. */
  private static final int LARGEST = 512 * 1024;

  private final BoxNetwork network;
  private final RequestBodies bodies;
  private final HttpsAddress https;
  private final Ways ways;

  /**
   * The threads of the network: planning takes seconds and must not hold up a confirmation, which
   * has a deadline.
   *
   * @param plans makes plans, one after the other
   * @param changes waits for the helper
   * @param checks asks other machines
   */
  record Ways(WorkerExecutor plans, WorkerExecutor changes, WorkerExecutor checks) {}

  NetworkRoutes(BoxNetwork network, RequestBodies bodies, HttpsAddress https, Ways ways) {
    this.network = network;
    this.bodies = bodies;
    this.https = https;
    this.ways = ways;
  }

  void mount(Routes routes) {
    routes.get("/api/v1/network").handler(this::show);
    routes
        .get("/api/v1/network/check")
        .handler(
            context ->
                Reply.after(
                    context,
                    ways.checks(),
                    () -> NetworkJson.check(network.check()),
                    json -> Reply.json(context, 200, json)));
    routes
        .get("/api/v1/network/presets")
        .handler(context -> Reply.json(context, 200, NetworkJson.presets()));
    routes.post("/api/v1/network/plan").handler(this::plan);
    routes.post("/api/v1/network/apply").handler(this::apply);
    routes.post(CONFIRM).handler(this::confirm);
    routes.post("/api/v1/network/revert").handler(this::revert);
    routes
        .get("/api/v1/network/transaction")
        .handler(
            context ->
                Reply.json(
                    context,
                    200,
                    new JsonObject()
                        .put(
                            TRANSACTION,
                            network.current().map(NetworkJson::transaction).orElse(null))));
    routes
        .get("/api/v1/network/history")
        .handler(
            context ->
                Reply.after(
                    context,
                    ways.changes(),
                    network::history,
                    json -> Reply.json(context, 200, json)));
  }

  private void show(RoutingContext context) {
    String reachedAt = reachedAt(context);
    Reply.after(
        context,
        ways.plans(),
        () -> network.show(reachedAt),
        json -> Reply.json(context, 200, json));
  }

  private void plan(RoutingContext context) {
    Asker asker = asker(context);
    bodies.read(
        context,
        body -> planning(body, asker),
        work ->
            after(
                context, ways.plans(), work, planned -> Reply.json(context, 200, planned.json())));
  }

  private Callable<BoxNetwork.Planned> planning(Buffer body, Asker asker) {
    if (body.length() > LARGEST) {
      throw new HttpFailure(
          413, "BODY_TOO_LARGE", null, "a plan takes at most " + LARGEST / 1024 + " kB");
    }
    Fields fields = Fields.parse(body, Set.of(SETTINGS, PRESET, FIELDS, FILES, UNDO));
    JsonObject settings = fields.object(SETTINGS);
    String preset = fields.text(PRESET, LONGEST_ID);
    JsonObject files = fields.object(FILES);
    String undo = fields.text(UNDO, LONGEST_ID);
    int ways = 0;
    for (Object each : new @Nullable Object[] {settings, preset, files, undo}) {
      ways += each == null ? 0 : 1;
    }
    if (ways != 1) {
      throw HttpFailure.invalid(
          SETTINGS, "give one of " + SETTINGS + ", " + PRESET + ", " + FILES + " and " + UNDO);
    }
    if (fields.has(FIELDS) && preset == null) {
      throw HttpFailure.invalid(FIELDS, FIELDS + ": belongs to a " + PRESET);
    }
    if (undo != null) {
      return () -> network.planUndo(undo, asker);
    }
    Wish wish;
    if (settings != null) {
      wish = new Wish.Settings(settings);
    } else if (files != null) {
      wish = new Wish.Files(texts(files, FILES));
    } else {
      Map<String, String> given = new HashMap<>();
      JsonObject object = fields.object(FIELDS);
      texts(object == null ? new JsonObject() : object, FIELDS)
          .forEach((name, text) -> given.put(name, text.orElse("")));
      wish = new Wish.OfPreset(String.valueOf(preset), given);
    }
    return () -> network.plan(wish, asker);
  }

  private static Map<String, Optional<String>> texts(JsonObject object, String field) {
    Map<String, Optional<String>> texts = new HashMap<>();
    for (String name : object.fieldNames()) {
      Object value = object.getValue(name);
      if (value != null && !(value instanceof String)) {
        throw HttpFailure.invalid(
            field, field + ": " + Fields.shortened(name) + " has to be a text");
      }
      texts.put(name, Optional.ofNullable((String) value));
    }
    return texts;
  }

  private void apply(RoutingContext context) {
    Caller caller = Gate.caller(context);
    String origin = context.request().getHeader(HttpHeaders.ORIGIN);
    bodies.read(
        context,
        body -> {
          Fields fields = Fields.parse(body, Set.of(PLAN, WINDOW, FORCE));
          String plan = given(fields, PLAN);
          Integer window = fields.integer(WINDOW);
          boolean force = fields.flag(FORCE, false);
          Duration given = window == null ? BoxNetwork.USUAL_WINDOW : Duration.ofSeconds(window);
          return (Callable<Announced>) () -> network.apply(plan, given, force, origin, caller);
        },
        work ->
            after(
                context,
                ways.changes(),
                work,
                announced ->
                    Reply.json(
                        context,
                        202,
                        new JsonObject()
                            .put(TRANSACTION, NetworkJson.transaction(announced.transaction()))
                            .put(TOKEN, announced.token())
                            .put("urls", new JsonArray(announced.transaction().urls()))
                            .put("deadline", JobJson.time(announced.transaction().deadline())))));
  }

  private void confirm(RoutingContext context) {
    Caller caller = Gate.caller(context);
    boolean present =
        caller.channel() == Channel.SOCKET && caller.actor().role().atLeast(Role.OWNER);
    change(
        context,
        body -> {
          Fields fields = Fields.parse(body, Set.of(TRANSACTION, TOKEN));
          String token = present && !fields.has(TOKEN) ? null : given(fields, TOKEN);
          String transaction = given(fields, TRANSACTION);
          return () -> network.confirm(transaction, token, caller);
        });
  }

  private void revert(RoutingContext context) {
    Caller caller = Gate.caller(context);
    change(
        context,
        body -> {
          String transaction = given(Fields.parse(body, Set.of(TRANSACTION)), TRANSACTION);
          return () -> network.revert(transaction, caller);
        });
  }

  private void change(RoutingContext context, Function<Buffer, Callable<Transaction>> parse) {
    bodies.read(
        context,
        parse,
        work ->
            after(
                context,
                ways.changes(),
                work,
                transaction ->
                    Reply.json(
                        context,
                        200,
                        new JsonObject().put(TRANSACTION, NetworkJson.transaction(transaction)))));
  }

  private static String given(Fields fields, String name) {
    String text = fields.text(name, LONGEST_ID);
    if (text == null) {
      throw HttpFailure.invalid(name, name + ": is missing");
    }
    return text;
  }

  /** As {@link Reply#after}; refused settings are told with all their findings. */
  private static <T> void after(
      RoutingContext context, WorkerExecutor executor, Callable<T> work, Consumer<T> then) {
    Reply.after(
        context,
        executor,
        () -> {
          try {
            return new Outcome<>(work.call(), null);
          } catch (NetworkRefusedException e) {
            return new Outcome<T>(null, e);
          }
        },
        outcome -> {
          NetworkRefusedException refused = outcome.refused();
          T value = outcome.value();
          if (refused != null) {
            refuse(context, refused);
          } else if (value != null) {
            then.accept(value);
          }
        });
  }

  /** One of both. */
  private record Outcome<T>(@Nullable T value, @Nullable NetworkRefusedException refused) {}

  private static void refuse(RoutingContext context, NetworkRefusedException refused) {
    JsonObject problem =
        FailureHandler.problem(
                new HttpFailure(422, "PLAN_REFUSED", null, String.valueOf(refused.getMessage())))
            .put("findings", NetworkJson.findings(refused.findings()));
    if (!context.response().closed() && !context.response().ended()) {
      context
          .response()
          .setStatusCode(422)
          .putHeader(HttpHeaders.CONTENT_TYPE, "application/problem+json")
          .end(problem.toBuffer());
    }
  }

  private Asker asker(RoutingContext context) {
    int port = https.port();
    String reachedAt = reachedAt(context);
    if (context.request().isSSL() || port != 0) {
      int secure =
          context.request().isSSL() ? context.request().localAddress().port() : https.port();
      return new Asker(reachedAt, "https", secure);
    }
    return reachedAt == null
        ? Asker.LOCAL
        : new Asker(reachedAt, "http", context.request().localAddress().port());
  }

  /** The box's address that the request came to, as digits; null for a socket. */
  private static @Nullable String reachedAt(RoutingContext context) {
    InetAddress address = Entrance.inet(context.request().localAddress());
    return address == null ? null : NetUtil.toAddressString(address);
  }
}
