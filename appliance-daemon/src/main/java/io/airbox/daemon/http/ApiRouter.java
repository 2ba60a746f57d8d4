package io.airbox.daemon.http;

import io.airbox.daemon.config.HttpConfig;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** All routes, in order. */
final class ApiRouter {
  private static final String PAGE_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
          + " connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none';"
          + " form-action 'self'; frame-ancestors 'none'";

  private final DaemonServices services;
  private final RequestBodies bodies;
  private final Metrics metrics;
  private final StaticFiles page = new StaticFiles("web/", "no-cache");
  private final StaticFiles webJars =
      new StaticFiles("META-INF/resources/webjars/", "public, max-age=31536000, immutable");
  private final StaticFiles documents = new StaticFiles("io/airbox/daemon/http/", "no-cache");
  private final JobRoutes jobs;

  ApiRouter(DaemonServices services, HttpConfig config, Metrics metrics) {
    this.services = services;
    this.bodies = new RequestBodies(config);
    this.metrics = metrics;
    this.jobs = new JobRoutes(services.jobs(), config, bodies);
  }

  /**
   * The routes.
   *
   * @param guarded whether Host and Origin are checked: on the port, not on the socket
   */
  Router router(Vertx vertx, ConnectionWatch connections, boolean guarded) {
    Router router = Router.router(vertx);
    FailureHandler failures = new FailureHandler();
    router.route().handler(connections::busy).failureHandler(failures);
    router.route().handler(metrics::measure);
    router.route().handler(ApiRouter::secure);
    router.route().handler(ApiRouter::requireAddress);
    if (guarded) {
      router.route().handler(new HostGuard());
    }
    new StatusRoutes(services).mount(router);
    jobs.mount(router);
    new PictureRoutes(services.pictures(), bodies).mount(router);
    new OpenAiRoutes(services, bodies).mount(router);
    metrics.mount(router);
    router.get("/openapi.json").handler(context -> documents.serve(context, "openapi.json"));
    router
        .get("/webjars/*")
        .method(HttpMethod.HEAD)
        .handler(context -> webJars.serve(context, below(context, "/webjars/")));
    router.get("/").method(HttpMethod.HEAD).handler(this::index);
    router
        .get("/*")
        .method(HttpMethod.HEAD)
        .handler(context -> page.serve(context, below(context, "/")));
    router.route().handler(context -> refuse(router, context));
    for (int status : List.of(400, 404, 405, 413, 414, 431, 500)) {
      router.errorHandler(status, failures);
    }
    return router;
  }

  private void index(RoutingContext context) {
    Owner.greet(context);
    context.response().putHeader("Content-Security-Policy", PAGE_POLICY);
    page.serve(context, "index.html");
  }

  private static String below(RoutingContext context, String prefix) {
    String path = context.normalizedPath();
    return path.startsWith(prefix) ? path.substring(prefix.length()) : "";
  }

  private static void secure(RoutingContext context) {
    HttpServerResponse response = context.response();
    response
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Referrer-Policy", "no-referrer")
        .putHeader("X-Frame-Options", "DENY")
        .putHeader("Cross-Origin-Resource-Policy", "same-origin");
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
    router.getRoutes().stream()
        .filter(route -> route.methods() != null && route.getPath() != null)
        .filter(route -> !route.getPath().equals("/*") && matches(route.getPath(), path))
        .forEach(
            route -> route.methods().forEach((HttpMethod method) -> methods.add(method.name())));
    if (methods.isEmpty()) {
      context.fail(HttpFailure.notFound("there is nothing at " + path + "; see /openapi.json"));
      return;
    }
    context.response().putHeader("Allow", String.join(", ", methods));
    context.fail(
        new HttpFailure(
            405,
            "METHOD_NOT_ALLOWED",
            null,
            String.format(
                Locale.ROOT,
                "%s %s: only %s",
                context.request().method(),
                path,
                String.join(", ", methods))));
  }

  private static boolean matches(String template, String path) {
    String[] wanted = template.split("/", -1);
    String[] parts = path.split("/", -1);
    if (wanted.length != parts.length) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      if (!wanted[i].startsWith(":") && !wanted[i].equals(parts[i])) {
        return false;
      }
    }
    return true;
  }
}
