package io.airbox.daemon.http;

import io.airbox.daemon.access.AccessTable;
import io.airbox.daemon.access.Rule;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/**
 * Mounts routes, each behind the gate with its own rule of the {@link AccessTable}. A route is
 * bound to its rule when it is mounted, so no request can reach it under another one; one without a
 * rule cannot be mounted.
 */
final class Routes {
  private final Router router;
  private final Gate gate;

  Routes(Router router, Gate gate) {
    this.router = router;
    this.gate = gate;
  }

  Route get(String template) {
    return mount(HttpMethod.GET, template);
  }

  /** Also answers {@code HEAD}. */
  Route read(String template) {
    return get(template).method(HttpMethod.HEAD);
  }

  Route post(String template) {
    return mount(HttpMethod.POST, template);
  }

  Route put(String template) {
    return mount(HttpMethod.PUT, template);
  }

  Route delete(String template) {
    return mount(HttpMethod.DELETE, template);
  }

  private Route mount(HttpMethod method, String template) {
    Rule rule =
        AccessTable.AIRBOX
            .mounted(method.name(), template)
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "the access table has no rule for " + method + " " + template));
    Handler<RoutingContext> guard = gate.keeping(rule);
    return router.route(method, template).handler(guard);
  }
}
