package io.airbox.daemon.http;

import io.airbox.daemon.config.HttpConfig;
import io.airbox.daemon.http.connection.ConnectionWatch;
import io.netty.util.NetUtil;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** All routes, in order. */
final class ApiRouter {
  /** What a path may have any text for. */
  private static final Pattern VARIABLE = Pattern.compile(":\\w+");

  private static final String CONFIRM_WORKER = "state/network-confirm-worker.js";

  private final DaemonServices services;
  private final Metrics metrics;
  private final Https https;
  private final RequestBodies bodies;
  private final AccessWork work;
  private final TpuWork tpuWork;
  private final HostNames names;
  private final Submissions submissions;
  private final StaticFiles page = new StaticFiles("web/", "no-cache");
  private final StaticFiles webJars =
      new StaticFiles("META-INF/resources/webjars/", "public, max-age=31536000, immutable");
  private final StaticFiles documents = new StaticFiles("io/airbox/daemon/http/", "no-cache");
  private final JobRoutes jobs;
  private final WebUiRoutes webUi;
  private final PictureLinks links = new PictureLinks(InstantSource.system());
  private final NetworkRoutes.Ways networkWays;
  private final WorkerExecutor history;
  private final WorkerExecutor flashWork;
  private final WorkerExecutor updateWork;
  private final Duration heartbeat;

  ApiRouter(
      DaemonServices services,
      HttpConfig config,
      Metrics metrics,
      Https https,
      AccessWork work,
      TpuWork tpuWork,
      NetworkRoutes.Ways networkWays,
      WorkerExecutor history,
      WorkerExecutor flashWork,
      WorkerExecutor updateWork) {
    this.services = services;
    this.metrics = metrics;
    this.https = https;
    this.work = work;
    this.tpuWork = tpuWork;
    this.networkWays = networkWays;
    this.history = history;
    this.flashWork = flashWork;
    this.updateWork = updateWork;
    this.heartbeat = config.heartbeat();
    this.bodies = new RequestBodies(config);
    this.names = new HostNames(config.names(), services.hostName(), System::nanoTime);
    this.submissions = new Submissions(services.jobs(), services.access());
    this.jobs = new JobRoutes(services.jobs(), submissions, config, bodies);
    this.webUi = new WebUiRoutes(services, submissions, bodies);
  }

  /** The routes for what comes in by one listener. */
  Router router(Vertx vertx, ConnectionWatch connections, Entrance entrance) {
    Router router = Router.router(vertx);
    FailureHandler failures = new FailureHandler();
    router.route().handler(connections::busy).failureHandler(failures);
    router.route().handler(metrics::measure);
    router.route().handler(ApiRouter::secure);
    router.route().handler(new HeadGuard(connections));
    router.route().handler(ApiRouter::requireAddress);
    if (entrance.kind() != Entrance.Kind.SOCKET) {
      router.route().handler(new HostGuard(names, services.network()::announces));
      router.route().handler(this::noteArrival);
    }
    mount(new Routes(router, new Gate(services.access(), entrance, https.address())), entrance);
    router.route().handler(context -> refuse(router, context));
    for (int status : List.of(400, 404, 405, 413, 414, 431, 500)) {
      router.errorHandler(status, failures);
    }
    return router;
  }

  /** By which address the box is reached is told to whoever decides on a change of them. */
  private void noteArrival(RoutingContext context) {
    InetAddress own = Entrance.inet(context.request().localAddress());
    InetAddress remote = Entrance.inet(context.request().remoteAddress());
    if (own != null && remote != null) {
      services.network().asked(own, NetUtil.toAddressString(own), remote);
    }
    context.next();
  }

  private void mount(Routes routes, Entrance entrance) {
    new StatusRoutes(services).mount(routes);
    jobs.mount(routes);
    new PictureRoutes(services.pictures(), bodies).mount(routes);
    new OpenAiRoutes(services, submissions, bodies, links, heartbeat).mount(routes);
    webUi.mount(routes);
    SessionRoutes sessions =
        new SessionRoutes(
            services.access(), new SessionJson(services.access(), https), bodies, work);
    sessions.mount(routes);
    new ClaimRoutes(services.access(), sessions, bodies, work).mount(routes);
    new KeyRoutes(services.access(), bodies, work).mount(routes);
    new AuditRoutes(services.access().audit(), work).mount(routes);
    new CertificateRoutes(services.access().audit(), https, bodies, work).mount(routes);
    new SystemRoutes(services.helper(), services.hostName(), services.access().audit(), bodies)
        .mount(routes);
    new TpuRoutes(services.tpu(), services.access().audit(), bodies, tpuWork).mount(routes);
    new TelemetryRoutes(
            services.telemetry(),
            services.alarms(),
            services.jobs(),
            services.deliveries(),
            history)
        .mount(routes);
    new NetworkRoutes(services.network(), bodies, https.address(), networkWays).mount(routes);
    new SourceRoutes(services.helper(), services.sysroot(), services.access().audit(), bodies)
        .mount(routes);
    new FlashRoutes(services.flash(), services.access().audit(), bodies, heartbeat, flashWork)
        .mount(routes);
    new UpdateRoutes(services.updates(), services.access().audit(), bodies, updateWork)
        .mount(routes);
    metrics.mount(routes);
    routes.get("/openapi.json").handler(context -> documents.serve(context, "openapi.json"));
    routes
        .read("/webjars/*")
        .handler(context -> webJars.serve(context, below(context, "/webjars/")));
    routes.read("/").handler(context -> index(context, entrance));
    routes.read("/*").handler(this::file);
  }

  private void index(RoutingContext context, Entrance entrance) {
    if (entrance.kind() != Entrance.Kind.SOCKET) {
      PictureCookie.give(context);
    }
    context.response().putHeader(SecurityHeaders.POLICY, SecurityHeaders.PAGE_POLICY);
    page.serve(context, "index.html");
  }

  private void file(RoutingContext context) {
    String name = below(context, "/");
    if (name.equals(CONFIRM_WORKER)) {
      context
          .response()
          .putHeader(
              SecurityHeaders.POLICY,
              SecurityHeaders.worker(services.network().originsWhileWaiting()));
    }
    page.serve(context, name);
  }

  private static String below(RoutingContext context, String prefix) {
    String path = context.normalizedPath();
    return path.startsWith(prefix) ? path.substring(prefix.length()) : "";
  }

  private static void secure(RoutingContext context) {
    SecurityHeaders.put(context.response());
    context.next();
  }

  /** Every route that looks at the path would stumble over a broken escape. */
  private static void requireAddress(RoutingContext context) {
    String flaw = flaw(context);
    if (flaw == null) {
      context.next();
    } else {
      context.fail(HttpFailure.invalid(null, "the request is malformed: " + flaw));
    }
  }

  private static @Nullable String flaw(RoutingContext context) {
    try {
      return context.normalizedPath() == null ? "it has no path" : null;
    } catch (IllegalArgumentException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** Nothing has answered: the path is unknown, or known for other methods only. */
  private static void refuse(Router router, RoutingContext context) {
    String path = context.normalizedPath();
    Set<String> methods = new TreeSet<>();
    int closest = 0;
    for (Route route : router.getRoutes()) {
      String template = route.getPath();
      if (template == null || route.methods() == null || !matches(template, path)) {
        continue;
      }
      // /pictures/read is /pictures/:id as well, but that is not what is meant
      int fixed = VARIABLE.matcher(template).replaceAll("").length();
      if (fixed > closest) {
        methods.clear();
        closest = fixed;
      }
      if (fixed == closest) {
        route.methods().forEach((HttpMethod method) -> methods.add(method.name()));
      }
    }
    if (methods.isEmpty()) {
      context.fail(HttpFailure.notFound("there is nothing at " + path + "; see /openapi.json"));
      return;
    }
    String allowed = String.join(", ", methods);
    String method = context.request().method().name();
    context.response().putHeader(HttpHeaders.ALLOW, allowed);
    context.fail(
        new HttpFailure(
            405,
            "METHOD_NOT_ALLOWED",
            null,
            String.format(
                Locale.ROOT,
                "%s %s: only %s",
                method.length() > 20 ? method.substring(0, 20) + "…" : method,
                path,
                allowed)));
  }

  private static boolean matches(String template, String path) {
    String[] wanted = template.split("/", -1);
    String[] parts = path.split("/", -1);
    if (wanted.length != parts.length) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      String fixed = VARIABLE.matcher(wanted[i]).replaceAll("");
      boolean fits =
          fixed.equals(wanted[i])
              ? fixed.equals(parts[i])
              : parts[i].endsWith(fixed) && parts[i].length() > fixed.length();
      if (!fits) {
        return false;
      }
    }
    return true;
  }
}
