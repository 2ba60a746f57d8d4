package io.airbox.daemon.http;

import io.airbox.daemon.jobs.JobListener;
import io.airbox.daemon.jobs.JobQueue;
import io.airbox.daemon.jobs.JobSnapshot;
import io.airbox.daemon.jobs.JobSubscription;
import io.airbox.generation.image.RgbImage;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.atomic.AtomicBoolean;

/** Ties a job to the request that waits for it: a client that leaves has no use for it. */
final class JobWait {
  private final JobQueue jobs;

  JobWait(JobQueue jobs) {
    this.jobs = jobs;
  }

  /**
   * Tells of a job until it has ended, on the request's event loop; cancels it when the client
   * leaves before. Then the listener hears no more.
   */
  void follow(RoutingContext context, String id, JobListener listener) {
    Context eventLoop = context.vertx().getOrCreateContext();
    AtomicBoolean over = new AtomicBoolean();
    JobSubscription subscription =
        jobs.subscribe(
                id,
                task -> eventLoop.runOnContext(nothing -> task.run()),
                new JobListener() {
                  @Override
                  public void changed(JobSnapshot job) {
                    if (!over.get()) {
                      over.set(job.status().ended());
                      listener.changed(job);
                    }
                  }

                  @Override
                  public void preview(int picture, int step, RgbImage image) {
                    if (!over.get()) {
                      listener.preview(picture, step, image);
                    }
                  }
                })
            .orElseThrow(() -> HttpFailure.notFound("job " + id + " is gone"));
    Runnable leave =
        () -> {
          subscription.close();
          if (over.compareAndSet(false, true)) {
            cancel(context.vertx(), id);
          }
        };
    context.response().closeHandler(nothing -> leave.run());
    context.response().exceptionHandler(error -> leave.run());
    if (context.response().closed()) {
      leave.run();
    }
  }

  /** Cancels a job whose client has left, off the event loop. */
  void cancel(Vertx vertx, String id) {
    vertx.executeBlocking(() -> jobs.cancel(id, "the client that asked for it has left"), false);
  }
}
