package io.airbox.daemon.http;

import io.airbox.daemon.FakeMaker;
import io.airbox.daemon.PackPlanner;
import io.airbox.daemon.TestDaemon;
import io.airbox.daemon.jobs.JobPlanner;
import io.airbox.daemon.jobs.JobQueue;
import io.airbox.daemon.jobs.JobQueueOptions;
import io.airbox.daemon.pictures.PictureStore;
import io.airbox.daemon.pictures.Retention;
import io.airbox.generation.pack.PackFolder;
import io.airbox.generation.worker.WorkerState;
import io.airbox.generation.worker.WorkerStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;

/** The services behind the routes, without a daemon around them. */
final class TestRoutes implements AutoCloseable {
  private final JobQueue jobs;
  private final DaemonServices services;

  TestRoutes(Path data) {
    this(data, new PackPlanner(PackFolder.open(TestDaemon.models()), "onnx", new Random(1)));
  }

  TestRoutes(Path data, JobPlanner planner) {
    PictureStore pictures =
        PictureStore.open(data.resolve("history"), Retention.DEFAULT, InstantSource.system());
    jobs = new JobQueue(JobQueueOptions.DEFAULTS, planner, List.of(new FakeMaker()), pictures);
    WorkerStatus ready =
        new WorkerStatus(WorkerState.READY, null, 1, "onnx", "fake", 0, Duration.ZERO);
    services =
        new DaemonServices(
            "test",
            Instant.EPOCH,
            jobs,
            pictures,
            PackFolder.open(TestDaemon.models()),
            () -> ready);
  }

  DaemonServices services() {
    return services;
  }

  @Override
  public void close() {
    jobs.close();
  }
}
