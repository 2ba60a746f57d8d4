package io.airbox.daemon.http;

import io.airbox.daemon.access.Caller;
import io.airbox.daemon.jobs.JobPicture;
import io.airbox.daemon.jobs.JobSnapshot;
import io.airbox.daemon.jobs.JobStatus;
import io.airbox.daemon.jobs.JobSubscription;
import io.airbox.generation.pack.ModelPack;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** OpenAI's image API over the same queue as the native one. */
final class OpenAiRoutes {
  private final DaemonServices services;
  private final Submissions submissions;
  private final RequestBodies bodies;

  OpenAiRoutes(DaemonServices services, Submissions submissions, RequestBodies bodies) {
    this.services = services;
    this.submissions = submissions;
    this.bodies = bodies;
  }

  void mount(Routes router) {
    router.post("/v1/images/generations").handler(this::generate);
    router.get("/v1/models").handler(this::models);
    router.get("/v1/models/:id").handler(this::model);
  }

  private void models(RoutingContext context) {
    Reply.after(
        context,
        () -> {
          services.packs().refresh();
          JsonArray models = new JsonArray();
          services.packs().packs().forEach(pack -> models.add(json(pack)));
          return new JsonObject().put("object", "list").put("data", models);
        },
        body -> Reply.json(context, 200, body));
  }

  private void model(RoutingContext context) {
    String id = context.pathParam("id");
    Reply.after(
        context,
        () -> {
          services.packs().refresh();
          return services.packs().packs().stream()
              .filter(pack -> pack.manifest().name().equals(id))
              .findFirst()
              .map(this::json)
              .orElseThrow(
                  () ->
                      new HttpFailure(
                          404, "MODEL_NOT_FOUND", "model", "there is no model \"" + id + "\""));
        },
        body -> Reply.json(context, 200, body));
  }

  private JsonObject json(ModelPack pack) {
    return new JsonObject()
        .put("id", pack.manifest().name())
        .put("object", "model")
        .put("created", services.started().getEpochSecond())
        .put("owned_by", "airbox");
  }

  private void generate(RoutingContext context) {
    Caller caller = Gate.caller(context);
    bodies.read(context, body -> submit(caller, body), asked -> follow(context, asked));
  }

  private Asked submit(Caller caller, Buffer body) {
    OpenAiRequest request = OpenAiRequest.parse(body, services.packs());
    return new Asked(request, submissions.submit(caller, request.toGeneration()));
  }

  private void follow(RoutingContext context, Asked asked) {
    String id = asked.job().id();
    Context eventLoop = context.vertx().getOrCreateContext();
    AtomicBoolean ended = new AtomicBoolean();
    JobSubscription subscription =
        services
            .jobs()
            .subscribe(
                id,
                task -> eventLoop.runOnContext(nothing -> task.run()),
                job -> {
                  if (job.status().ended() && ended.compareAndSet(false, true)) {
                    finish(context, asked.request(), job);
                  }
                })
            .orElseThrow(() -> HttpFailure.notFound("job " + id + " is gone"));
    Runnable leave =
        () -> {
          subscription.close();
          if (ended.compareAndSet(false, true)) {
            context
                .vertx()
                .executeBlocking(
                    () -> services.jobs().cancel(id, "the client that asked for it has left"),
                    false);
          }
        };
    context.response().closeHandler(nothing -> leave.run());
    context.response().exceptionHandler(error -> leave.run());
    if (context.response().closed()) {
      leave.run();
    }
  }

  private void finish(RoutingContext context, OpenAiRequest request, JobSnapshot job) {
    if (job.status() != JobStatus.COMPLETED) {
      context.fail(HttpFailure.of(job.error()));
      return;
    }
    String base = context.request().scheme() + "://" + context.request().authority();
    Reply.after(
        context,
        () -> data(request, job, base),
        data -> Reply.json(context, 200, reply(request, job, data)));
  }

  private JsonArray data(OpenAiRequest request, JobSnapshot job, String base) {
    JsonArray data = new JsonArray();
    for (JobPicture picture : job.pictures()) {
      JsonObject entry = new JsonObject();
      if (request.url()) {
        entry.put("url", base + JobJson.pictureUrl(picture.id()));
      } else {
        byte[] png =
            services
                .pictures()
                .png(picture.id())
                .orElseThrow(() -> HttpFailure.notFound("picture " + picture.id() + " is gone"));
        entry.put("b64_json", Base64.getEncoder().encodeToString(png));
      }
      data.add(entry.put("seed", picture.seed()));
    }
    return data;
  }

  private static JsonObject reply(OpenAiRequest request, JobSnapshot job, JsonArray data) {
    List<String> warnings = new ArrayList<>(request.warnings());
    warnings.addAll(job.warnings());
    return new JsonObject()
        .put("created", job.created().getEpochSecond())
        .put("data", data)
        .put("output_format", "png")
        .put("size", job.settings().width() + "x" + job.settings().height())
        .put("quality", request.quality())
        .put("background", "opaque")
        .put(
            "airbox",
            new JsonObject()
                .put("job", job.id())
                .put("settings", JobJson.settings(job.settings()))
                .put("warnings", new JsonArray(warnings)));
  }

  private record Asked(OpenAiRequest request, JobSnapshot job) {}
}
