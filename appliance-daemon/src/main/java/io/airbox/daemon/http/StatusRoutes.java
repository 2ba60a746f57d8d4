package io.airbox.daemon.http;

import io.airbox.daemon.jobs.QueueStatistics;
import io.airbox.daemon.telemetry.Delivery;
import io.airbox.daemon.telemetry.TelemetryJson;
import io.airbox.daemon.tpu.TpuHealth;
import io.airbox.daemon.tpu.TpuJson;
import io.airbox.daemon.tpu.TpuView;
import io.airbox.generation.pack.ModelPack;
import io.airbox.generation.pack.PackFolder;
import io.airbox.generation.pack.PackManifest;
import io.airbox.generation.random.NoiseKind;
import io.airbox.generation.sampling.SamplerKind;
import io.airbox.generation.sampling.SamplerName;
import io.airbox.generation.sampling.Spacing;
import io.airbox.generation.worker.WorkerStatus;
import io.airbox.power.thermal.Decision;
import io.airbox.power.thermal.ThermalState;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Who this is, how it does, and what it can make. */
final class StatusRoutes {
  private final DaemonServices services;

  StatusRoutes(DaemonServices services) {
    this.services = services;
  }

  void mount(Routes router) {
    router.get("/api/v1/status").handler(this::status);
    router.get("/api/v1/packs").handler(this::packs);
    router.get("/api/v1/packs/:name").handler(this::pack);
    router.get("/api/v1/samplers").handler(this::samplers);
    router.get("/healthz").handler(this::healthy);
    router.get("/readyz").handler(this::ready);
  }

  private void healthy(RoutingContext context) {
    Reply.json(context, 200, new JsonObject().put("status", "ok"));
  }

  private void ready(RoutingContext context) {
    WorkerStatus worker = services.worker().get();
    boolean packs = !services.packs().packs().isEmpty();
    TpuView tpu = services.tpu().glance();
    Decision heat = services.telemetry().last().heat();
    boolean ready =
        worker.up()
            && packs
            && tpu.health() != TpuHealth.HUNG
            && heat.state() != ThermalState.CRITICAL;
    Reply.json(
        context,
        ready ? 200 : 503,
        new JsonObject()
            .put("status", ready ? "ready" : "not ready")
            .put("worker", worker(worker, tpu))
            .put("packs", packs ? "ok" : "no usable pack is installed")
            .put("tpu", TpuJson.health(tpu))
            .put("thermal", TelemetryJson.thermal(heat)));
  }

  private void status(RoutingContext context) {
    QueueStatistics queue = services.jobs().statistics();
    TpuView tpu = services.tpu().glance();
    Reply.json(
        context,
        200,
        new JsonObject()
            .put("name", "airbox")
            .put("version", services.version())
            .put("claimed", services.access().claimed())
            .put("started", JobJson.time(services.started()))
            .put("uptime_seconds", Duration.between(services.started(), Instant.now()).toSeconds())
            .put("engine", worker(services.worker().get(), tpu))
            .put("tpu", TpuJson.health(tpu))
            .put("thermal", TelemetryJson.thermal(services.telemetry().last().heat()))
            .put("mqtt", delivery(Delivery.MQTT))
            .put("webhook", delivery(Delivery.WEBHOOK))
            .put(
                "queue",
                new JsonObject()
                    .put("queued", queue.queued())
                    .put("running", queue.running())
                    .put("step_seconds", seconds(queue.stepTime())))
            .put(
                "pictures",
                new JsonObject()
                    .put("count", services.pictures().count())
                    .put("bytes", services.pictures().bytes())));
  }

  private JsonObject delivery(String to) {
    List<Delivery> all =
        services.deliveries().deliveries().stream().filter(each -> each.to().equals(to)).toList();
    boolean connected = all.stream().allMatch(Delivery::connected);
    return new JsonObject()
        .put("state", all.isEmpty() ? "off" : connected ? "connected" : "disconnected")
        .put("waiting", all.stream().mapToInt(Delivery::waiting).sum());
  }

  /** A hung TPU is the reason for an engine that runs and makes nothing. */
  private static JsonObject worker(WorkerStatus status, TpuView tpu) {
    String hung = tpu.health() == TpuHealth.HUNG ? tpu.reason().orElse(null) : null;
    return new JsonObject()
        .put("state", status.state().name().toLowerCase(Locale.ROOT))
        .put("kind", status.engine())
        .put("description", status.description())
        .put("restarts", status.restarts())
        .put("reason", status.reason() == null ? hung : status.reason());
  }

  private static @Nullable Double seconds(@Nullable Duration duration) {
    return duration == null ? null : duration.toNanos() / 1e9;
  }

  private void samplers(RoutingContext context) {
    JsonArray samplers = new JsonArray();
    for (SamplerKind sampler : SamplerKind.values()) {
      samplers.add(
          new JsonObject()
              .put("id", sampler.id())
              .put("label", sampler.label())
              .put("aliases", new JsonArray(SamplerName.aliases(sampler))));
    }
    JsonArray spacings = new JsonArray();
    for (Spacing spacing : Spacing.values()) {
      spacings.add(new JsonObject().put("id", spacing.id()).put("label", spacing.label()));
    }
    JsonArray noises = new JsonArray();
    for (NoiseKind noise : NoiseKind.values()) {
      noises.add(noise.id());
    }
    Reply.json(
        context,
        200,
        new JsonObject().put("samplers", samplers).put("spacings", spacings).put("noises", noises));
  }

  private void packs(RoutingContext context) {
    Reply.after(
        context,
        () -> {
          services.packs().refresh();
          JsonArray packs = new JsonArray();
          for (ModelPack pack : services.packs().packs()) {
            packs.add(json(pack));
          }
          JsonArray broken = new JsonArray();
          for (PackFolder.BrokenPack pack : services.packs().broken()) {
            JsonArray problems = new JsonArray();
            pack.problems().forEach(problem -> problems.add(problem.toString()));
            broken.add(
                new JsonObject()
                    .put("folder", String.valueOf(pack.folder().getFileName()))
                    .put("problems", problems));
          }
          return new JsonObject().put("packs", packs).put("broken", broken);
        },
        body -> Reply.json(context, 200, body));
  }

  private void pack(RoutingContext context) {
    String name = context.pathParam("name");
    Reply.after(
        context, () -> json(services.packs().find(name)), body -> Reply.json(context, 200, body));
  }

  private static JsonObject json(ModelPack pack) throws IOException {
    PackManifest manifest = pack.manifest();
    JsonArray sizes = new JsonArray();
    for (PackManifest.Size size : manifest.sizes()) {
      sizes.add(new JsonObject().put("width", size.width()).put("height", size.height()));
    }
    JsonArray presets = new JsonArray();
    for (PackManifest.Preset preset : manifest.presets()) {
      presets.add(json(preset));
    }
    return new JsonObject()
        .put("name", manifest.name())
        .put("version", manifest.version())
        .put("title", manifest.title())
        .put("description", manifest.description())
        .put(
            "licence",
            new JsonObject()
                .put("spdx", manifest.licence().spdx())
                .put("commercial", manifest.licence().commercial()))
        .put("digest", pack.digest())
        .put("engines", new JsonArray(manifest.engines().keySet().stream().sorted().toList()))
        .put("sizes", sizes)
        .put("presets", presets)
        .put("img2img", img2img(manifest))
        .put("prompt_tokens", manifest.text().length() * manifest.text().maxChunks())
        .put("vocabulary", vocabulary(pack));
  }

  private static boolean img2img(PackManifest manifest) {
    return manifest.engines().values().stream()
        .anyMatch(engine -> engine.roles().containsKey(PackManifest.Role.VAE_ENCODER));
  }

  private static JsonObject json(PackManifest.Preset preset) {
    return new JsonObject()
        .put("id", preset.id())
        .put("title", new JsonObject(new java.util.TreeMap<>(preset.title())))
        .put("sampler", preset.sampler().id())
        .put("spacing", preset.spacing().id())
        .put(
            "steps",
            new JsonObject()
                .put("default", preset.steps().preferred())
                .put("min", preset.steps().min())
                .put("max", preset.steps().max()))
        .put(
            "cfg",
            new JsonObject()
                .put("default", preset.cfg().preferred())
                .put("min", preset.cfg().min())
                .put("max", preset.cfg().max()))
        .put("negative", preset.negative());
  }

  private static @Nullable JsonObject vocabulary(ModelPack pack) throws IOException {
    PackManifest.PackFile file = pack.manifest().vocabulary();
    return file == null ? null : new JsonObject(Files.readString(pack.path(file)));
  }
}
