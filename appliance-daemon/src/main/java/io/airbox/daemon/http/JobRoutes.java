package io.airbox.daemon.http;

import io.airbox.daemon.access.Actor;
import io.airbox.daemon.access.Caller;
import io.airbox.daemon.config.HttpConfig;
import io.airbox.daemon.jobs.JobListener;
import io.airbox.daemon.jobs.JobQueue;
import io.airbox.daemon.jobs.JobSnapshot;
import io.airbox.daemon.jobs.JobSubscription;
import io.airbox.generation.image.RgbImage;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Jobs of the native API. */
final class JobRoutes {
  private final JobQueue jobs;
  private final Submissions submissions;
  private final HttpConfig config;
  private final RequestBodies bodies;
  private final PreviewEncoder previews = new PreviewEncoder();

  /** Jobs to be cancelled when the one who watches them goes away. */
  private final Set<String> bound = ConcurrentHashMap.newKeySet();

  JobRoutes(JobQueue jobs, Submissions submissions, HttpConfig config, RequestBodies bodies) {
    this.jobs = jobs;
    this.submissions = submissions;
    this.config = config;
    this.bodies = bodies;
  }

  void mount(Routes router) {
    router.post("/api/v1/jobs").handler(this::submit);
    router.get("/api/v1/jobs").handler(this::list);
    router.get("/api/v1/jobs/:id").handler(this::show);
    router.get("/api/v1/jobs/:id/events").handler(this::events);
    router.post("/api/v1/jobs/:id/cancel").handler(this::cancel);
  }

  private void submit(RoutingContext context) {
    Caller caller = Gate.caller(context);
    bodies.read(
        context,
        body -> submit(caller, body),
        job -> {
          context.response().putHeader("Location", "/api/v1/jobs/" + job.id());
          Reply.json(context, 202, JobJson.job(job));
        });
  }

  private JobSnapshot submit(Caller caller, Buffer body) {
    RequestJson.Body asked = RequestJson.parse(body);
    JobSnapshot job = submissions.submit(caller, asked.request());
    if (asked.cancelOnDisconnect()) {
      bound.removeIf(id -> jobs.job(id).map(other -> other.status().ended()).orElse(true));
      bound.add(job.id());
    }
    return job;
  }

  private void list(RoutingContext context) {
    JsonArray list = new JsonArray();
    Actor actor = Gate.caller(context).actor();
    jobs.jobs().stream()
        .filter(job -> actor.owns(job.owner()))
        .forEach(job -> list.add(JobJson.job(job)));
    Reply.json(context, 200, new JsonObject().put("jobs", list));
  }

  private void show(RoutingContext context) {
    Reply.json(context, 200, JobJson.job(find(context)));
  }

  private void cancel(RoutingContext context) {
    String id = find(context).id();
    Reply.after(
        context,
        () -> jobs.cancel(id, "cancelled on request").orElseThrow(() -> unknown(id)),
        cancellation -> {
          if (!cancellation.accepted()) {
            throw new HttpFailure(
                409,
                "JOB_ENDED",
                null,
                "job " + id + " has ended already: " + cancellation.job().status().id());
          }
          Reply.json(context, 200, JobJson.job(cancellation.job()));
        });
  }

  private void events(RoutingContext context) {
    String id = find(context).id();
    EventStream stream = EventStream.open(context, config.heartbeat());
    Optional<JobSubscription> subscription =
        jobs.subscribe(id, stream, new Watcher(context, stream));
    if (subscription.isEmpty()) {
      stream.end();
      return;
    }
    stream.onLeave(
        () -> {
          subscription.get().close();
          if (bound.remove(id)) {
            cancelLater(context, id);
          }
        });
  }

  private void cancelLater(RoutingContext context, String id) {
    context
        .vertx()
        .executeBlocking(() -> jobs.cancel(id, "the client that asked for it has left"), false);
  }

  /** The job that is asked for; somebody else's is not there. */
  private JobSnapshot find(RoutingContext context) {
    String id = context.pathParam("id");
    Actor actor = Gate.caller(context).actor();
    return jobs.job(id).filter(job -> actor.owns(job.owner())).orElseThrow(() -> unknown(id));
  }

  private HttpFailure unknown(String id) {
    return jobs.forgotten(id)
        ? new HttpFailure(410, "JOB_FORGOTTEN", null, "job " + id + " ended too long ago")
        : HttpFailure.notFound("there is no job " + id);
  }

  /** Writes what happens to a job into a stream. */
  private final class Watcher implements JobListener {
    private final RoutingContext context;
    private final EventStream stream;

    private Watcher(RoutingContext context, EventStream stream) {
      this.context = context;
      this.stream = stream;
    }

    @Override
    public void changed(JobSnapshot job) {
      stream.send("job", JobJson.job(job));
      if (job.status().ended()) {
        bound.remove(job.id());
        stream.end();
      }
    }

    @Override
    public void preview(int picture, int step, RgbImage image) {
      context
          .vertx()
          .executeBlocking(() -> previews.base64(image), false)
          .onSuccess(
              png ->
                  stream.send(
                      "preview",
                      new JsonObject().put("picture", picture).put("step", step).put("png", png)));
    }
  }
}
