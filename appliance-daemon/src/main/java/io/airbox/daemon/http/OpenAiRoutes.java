package io.airbox.daemon.http;

import io.airbox.daemon.access.Caller;
import io.airbox.daemon.jobs.JobListener;
import io.airbox.daemon.jobs.JobPicture;
import io.airbox.daemon.jobs.JobSnapshot;
import io.airbox.daemon.jobs.JobStatus;
import io.airbox.daemon.jobs.JobSubscription;
import io.airbox.generation.image.Resampling;
import io.airbox.generation.image.RgbImage;
import io.airbox.generation.pack.ModelPack;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** OpenAI's image API over the same queue as the native one. */
final class OpenAiRoutes {
  private final DaemonServices services;
  private final Submissions submissions;
  private final RequestBodies bodies;
  private final PictureLinks links;
  private final Duration heartbeat;
  private final JobWait wait;

  OpenAiRoutes(
      DaemonServices services,
      Submissions submissions,
      RequestBodies bodies,
      PictureLinks links,
      Duration heartbeat) {
    this.services = services;
    this.submissions = submissions;
    this.bodies = bodies;
    this.links = links;
    this.heartbeat = heartbeat;
    this.wait = new JobWait(services.jobs());
  }

  void mount(Routes router) {
    router.post("/v1/images/generations").handler(this::generate);
    router.post("/v1/images/edits").handler(this::edit);
    router.get("/v1/images/files/:name").handler(this::file);
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

  private void file(RoutingContext context) {
    Reply.after(
        context,
        () -> {
          PictureLinks.Link link =
              links.find(context.pathParam("name")).orElseThrow(OpenAiRoutes::noFile);
          return new File(link.format(), Buffer.buffer(link.format().of(png(link.picture()))));
        },
        file ->
            context
                .response()
                .putHeader(HttpHeaders.CONTENT_TYPE, file.format().mediaType())
                .putHeader(HttpHeaders.CACHE_CONTROL, "private, no-store")
                .end(file.content()));
  }

  private static HttpFailure noFile() {
    return HttpFailure.notFound("there is no such picture, or its hour is over");
  }

  private void generate(RoutingContext context) {
    make(context, body -> OpenAiRequest.generation(body, services.packs()));
  }

  private void edit(RoutingContext context) {
    String type = context.request().getHeader(HttpHeaders.CONTENT_TYPE);
    make(context, body -> OpenAiRequest.edit(body, type, services.packs()));
  }

  private void make(RoutingContext context, Function<Buffer, OpenAiRequest> parse) {
    Caller caller = Gate.caller(context);
    bodies.read(
        context,
        body -> {
          OpenAiRequest request = parse.apply(body);
          return new Asked(request, submissions.submit(caller, request.generation()));
        },
        asked -> {
          if (asked.request().stream()) {
            stream(context, asked);
          } else {
            reply(context, asked);
          }
        });
  }

  private void reply(RoutingContext context, Asked asked) {
    wait.follow(
        context,
        asked.job().id(),
        job -> {
          if (job.status() == JobStatus.COMPLETED) {
            String base = base(context);
            Reply.after(
                context,
                () -> reply(asked.request(), job, base),
                body -> Reply.json(context, 200, body));
          } else if (job.status().ended()) {
            context.fail(HttpFailure.of(job.error()));
          }
        });
  }

  private static String base(RoutingContext context) {
    return context.request().scheme() + "://" + context.request().authority();
  }

  private JsonObject reply(OpenAiRequest request, JobSnapshot job, String base) {
    JsonArray data = new JsonArray();
    for (JobPicture picture : job.pictures()) {
      JsonObject entry = new JsonObject();
      if (request.url()) {
        entry.put("url", base + links.add(picture.id(), request.format()));
      } else {
        entry.put("b64_json", base64(request.format().of(png(picture.id()))));
      }
      data.add(entry.put("seed", picture.seed()));
    }
    return described(request, job, job.created())
        .put("data", data)
        .put("airbox", airbox(request, job));
  }

  private static JsonObject airbox(OpenAiRequest request, JobSnapshot job) {
    List<String> warnings = new ArrayList<>(request.warnings());
    warnings.addAll(job.warnings());
    return new JsonObject()
        .put("job", job.id())
        .put("settings", JobJson.settings(job.settings()))
        .put("warnings", new JsonArray(warnings));
  }

  /** What replies and events have in common. */
  private static JsonObject described(OpenAiRequest request, JobSnapshot job, Instant created) {
    return new JsonObject()
        .put("created", created.getEpochSecond())
        .put("output_format", request.format().id())
        .put("size", job.settings().width() + "x" + job.settings().height())
        .put("quality", request.quality())
        .put("background", "opaque");
  }

  private byte[] png(String picture) {
    return services
        .pictures()
        .png(picture)
        .orElseThrow(() -> HttpFailure.notFound("picture " + picture + " is gone"));
  }

  private static String base64(byte[] file) {
    return Base64.getEncoder().encodeToString(file);
  }

  private void stream(RoutingContext context, Asked asked) {
    String id = asked.job().id();
    EventStream stream = EventStream.open(context, heartbeat);
    Optional<JobSubscription> subscription =
        services.jobs().subscribe(id, stream, new Streamed(context, stream, asked));
    if (subscription.isEmpty()) {
      stream.end();
      return;
    }
    stream.onLeave(
        () -> {
          subscription.get().close();
          wait.cancel(context.vertx(), id);
        });
  }

  private record Asked(OpenAiRequest request, JobSnapshot job) {}

  private record File(PictureFormat format, Buffer content) {}

  /** Tells of a job by OpenAI's events. */
  private final class Streamed implements JobListener {
    private final RoutingContext context;
    private final EventStream stream;
    private final OpenAiRequest request;
    private JobSnapshot last;
    private int picture;
    private int due;
    private int sent;

    Streamed(RoutingContext context, EventStream stream, Asked asked) {
      this.context = context;
      this.stream = stream;
      this.request = asked.request();
      this.last = asked.job();
    }

    @Override
    public void changed(JobSnapshot job) {
      last = job;
      if (job.status() == JobStatus.COMPLETED) {
        context
            .vertx()
            .executeBlocking(() -> completed(job), false)
            .onSuccess(this::end)
            .onFailure(gone -> end(List.of(error(HttpFailure.of(gone, 0)))));
      } else if (job.status().ended()) {
        end(List.of(error(HttpFailure.of(job.error()))));
      }
    }

    private void end(List<JsonObject> events) {
      events.forEach(event -> stream.send(event.getString("type"), event));
      stream.end();
    }

    private List<JsonObject> completed(JobSnapshot job) {
      List<JsonObject> events = new ArrayList<>();
      for (JobPicture made : job.pictures()) {
        events.add(
            event("completed", base64(request.format().of(png(made.id()))))
                .put("usage", usage())
                .put("seed", made.seed())
                .put("airbox", airbox(request, job)));
      }
      return events;
    }

    /** Nothing is counted in tokens here; clients read the fields. */
    private JsonObject usage() {
      return new JsonObject()
          .put("input_tokens", 0)
          .put("output_tokens", 0)
          .put("total_tokens", 0)
          .put(
              "input_tokens_details",
              new JsonObject().put("image_tokens", 0).put("text_tokens", 0));
    }

    private JsonObject error(HttpFailure failure) {
      return FailureHandler.openAiError(failure).put("type", "error");
    }

    private JsonObject event(String kind, String picture) {
      JsonObject event = described(request, last, Instant.now());
      Object created = event.remove("created");
      return event
          .put("type", request.kind().events() + "." + kind)
          .put("b64_json", picture)
          .put("created_at", created);
    }

    /** The partial pictures are spread evenly over the steps. */
    @Override
    public void preview(int index, int step, RgbImage image) {
      if (index != picture) {
        picture = index;
        due = 0;
        sent = 0;
      }
      int steps = Math.max(1, last.progress().steps());
      int now = Math.min(request.partials(), step * (request.partials() + 1) / steps);
      if (now <= due) {
        return;
      }
      due = now;
      int number = sent++;
      int width = last.settings().width();
      int height = last.settings().height();
      context
          .vertx()
          .executeBlocking(
              () -> base64(request.format().encode(Resampling.resize(image, width, height))), false)
          .onSuccess(
              encoded ->
                  stream.send(
                      request.kind().events() + ".partial_image",
                      event("partial_image", encoded).put("partial_image_index", number)));
    }
  }
}
