package io.airbox.daemon.http;

import io.airbox.daemon.jobs.JobQueue;
import io.airbox.daemon.jobs.QueueStatistics;
import io.airbox.daemon.tpu.TpuService;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Figures for Prometheus. */
final class Metrics implements AutoCloseable {
  private static final Set<HttpMethod> METHODS =
      Set.of(
          HttpMethod.GET,
          HttpMethod.HEAD,
          HttpMethod.POST,
          HttpMethod.PUT,
          HttpMethod.DELETE,
          HttpMethod.OPTIONS,
          HttpMethod.PATCH);

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  private final TpuMetrics tpu = new TpuMetrics(registry);
  private final TpuService tpuService;
  private final TelemetryMetrics telemetry;

  Metrics(DaemonServices services) {
    tpuService = services.tpu();
    telemetry =
        new TelemetryMetrics(
            registry,
            services.telemetry(),
            services.alarms(),
            services.jobs(),
            services.deliveries());
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    JobQueue jobs = services.jobs();
    gauge("airbox.jobs.queued", "Jobs that wait", jobs, QueueStatistics::queued);
    gauge("airbox.jobs.running", "Jobs that run", jobs, QueueStatistics::running);
    ended("completed", jobs, QueueStatistics::completed);
    ended("failed", jobs, QueueStatistics::failed);
    ended("cancelled", jobs, QueueStatistics::cancelled);
    counter("airbox.jobs.refused", "Jobs refused for want of room", jobs, QueueStatistics::refused);
    counter("airbox.pictures", "Pictures made and kept", jobs, QueueStatistics::pictures);
    counter("airbox.steps", "Denoising steps", jobs, QueueStatistics::steps);
    stage("loading", jobs, QueueStatistics::loading);
    stage("text", jobs, QueueStatistics::text);
    stage("denoising", jobs, QueueStatistics::denoising);
    stage("decoding", jobs, QueueStatistics::decoding);
    stage("saving", jobs, QueueStatistics::saving);
    FunctionCounter.builder(
            "airbox.worker.restarts", services, all -> all.worker().get().restarts())
        .description("Engine workers started after the first")
        .register(registry);
    Gauge.builder("airbox.worker.up", services, all -> all.worker().get().up() ? 1 : 0)
        .description("Whether the engine's worker takes requests")
        .register(registry);
    Gauge.builder("airbox.pictures.stored", services, all -> all.pictures().count())
        .description("Pictures in the gallery")
        .register(registry);
    Gauge.builder("airbox.pictures.stored.bytes", services, all -> all.pictures().bytes())
        .description("Bytes of the gallery")
        .register(registry);
  }

  private void gauge(
      String name, String description, JobQueue jobs, ToDoubleFunction<QueueStatistics> figure) {
    Gauge.builder(name, jobs, queue -> figure.applyAsDouble(queue.statistics()))
        .description(description)
        .register(registry);
  }

  private void counter(
      String name, String description, JobQueue jobs, ToDoubleFunction<QueueStatistics> figure) {
    FunctionCounter.builder(name, jobs, queue -> figure.applyAsDouble(queue.statistics()))
        .description(description)
        .register(registry);
  }

  private void ended(String status, JobQueue jobs, ToDoubleFunction<QueueStatistics> figure) {
    FunctionCounter.builder(
            "airbox.jobs.ended", jobs, queue -> figure.applyAsDouble(queue.statistics()))
        .tag("status", status)
        .description("Jobs that have ended")
        .register(registry);
  }

  private void stage(String stage, JobQueue jobs, Function<QueueStatistics, Duration> figure) {
    FunctionCounter.builder(
            "airbox.stage.seconds", jobs, queue -> figure.apply(queue.statistics()).toNanos() / 1e9)
        .tag("stage", stage)
        .description("Time spent in a stage of making pictures")
        .register(registry);
  }

  void mount(Routes router) {
    router
        .get("/metrics")
        .handler(
            context ->
                Reply.after(
                    context,
                    this::scrape,
                    text ->
                        context
                            .response()
                            .putHeader(
                                HttpHeaders.CONTENT_TYPE,
                                "text/plain; version=0.0.4; charset=utf-8")
                            .end(text)));
  }

  private synchronized String scrape() {
    tpu.update(tpuService.view());
    telemetry.update();
    return registry.scrape();
  }

  /** Measures a request from here to its end, by the template of its route. */
  void measure(RoutingContext context) {
    Timer.Sample sample = Timer.start(registry);
    context.addEndHandler(
        ended -> {
          Route route = context.currentRoute();
          String path = route == null ? null : route.getPath();
          sample.stop(
              Timer.builder("http.server.requests")
                  .description("Requests by route")
                  .tag("method", method(context.request().method()))
                  .tag("route", path == null ? "other" : path)
                  .tag("status", Integer.toString(context.response().getStatusCode()))
                  .register(registry));
        });
    context.next();
  }

  /** A client may make methods up; each would be a series of its own for ever. */
  private static String method(HttpMethod method) {
    return METHODS.contains(method) ? method.name() : "other";
  }

  @Override
  public void close() {
    registry.close();
  }
}
