package io.airbox.generation.worker;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.airbox.generation.GeneratedPicture;
import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationException.Reason;
import io.airbox.generation.GenerationListener;
import io.airbox.generation.image.RgbImage;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs real worker processes. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EngineWorkerIT {
  /** The threads of {@link #begin}. */
  private static final Map<FutureTask<?>, Thread> callers = new ConcurrentHashMap<>();

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path folder;

  private @Nullable EngineWorker worker;

  @AfterEach
  void closeWorker() {
    if (worker != null) {
      worker.close();
    }
  }

  private WorkerOptions options(String... arguments) {
    return new WorkerOptions(
        FakeWorkerMain.class.getName(),
        List.of(arguments),
        List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m", "-Xshare:auto"),
        folder.resolve("run"),
        Duration.ofSeconds(30),
        Duration.ofMillis(300),
        Duration.ofMillis(100),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofMillis(20),
        Duration.ofMillis(160));
  }

  private EngineWorker start(String... arguments) {
    return start(options(arguments));
  }

  private EngineWorker start(WorkerOptions options) {
    worker = EngineWorker.start(options);
    return worker;
  }

  private static List<GeneratedPicture> make(EngineWorker worker, String prompt)
      throws InterruptedException {
    return worker.make(FakeWorkerMain.settings(prompt, 1), null, false, GenerationListener.SILENT);
  }

  private static GenerationException failure(EngineWorker worker, String prompt) {
    return catchThrowableOfType(GenerationException.class, () -> make(worker, prompt));
  }

  /** Begins a request on a thread of its own and returns once its first step is done. */
  private static FutureTask<List<GeneratedPicture>> begin(EngineWorker worker, String prompt)
      throws InterruptedException {
    CountDownLatch stepped = new CountDownLatch(1);
    FutureTask<List<GeneratedPicture>> task =
        new FutureTask<>(
            () ->
                worker.make(
                    FakeWorkerMain.settings(prompt, 1),
                    null,
                    false,
                    new GenerationListener() {
                      @Override
                      public void step(
                          int picture, int step, int steps, @Nullable RgbImage preview) {
                        stepped.countDown();
                      }
                    }));
    Thread thread = new Thread(task, "caller");
    thread.setDaemon(true);
    callers.put(task, thread);
    thread.start();
    assertThat(stepped.await(30, SECONDS)).isTrue();
    return task;
  }

  private static Throwable failureOf(FutureTask<?> task) {
    return catchThrowableOfType(ExecutionException.class, () -> task.get(30, SECONDS)).getCause();
  }

  private static ProcessHandle processOf(EngineWorker worker) {
    return ProcessHandle.of(worker.status().pid()).orElseThrow();
  }

  @Test
  void passesProgressAndPicturesOn() throws Exception {
    EngineWorker worker = start();
    List<String> events = new ArrayList<>();
    List<GeneratedPicture> pictures =
        worker.make(
            FakeWorkerMain.settings("apple", 2),
            null,
            true,
            new GenerationListener() {
              @Override
              public void stage(int picture, Stage stage) {
                events.add(picture + " " + stage);
              }

              @Override
              public void step(int picture, int step, int steps, @Nullable RgbImage preview) {
                events.add(picture + " " + step + "/" + steps + " " + preview);
              }

              @Override
              public void picture(int index, GeneratedPicture picture) {
                events.add(index + " done");
              }
            });
    assertThat(events)
        .hasSize(14)
        .startsWith(
            "0 TEXT",
            "0 DENOISING",
            "0 1/3 RgbImage[2×2]",
            "0 2/3 RgbImage[2×2]",
            "0 3/3 RgbImage[2×2]",
            "0 DECODING",
            "0 done",
            "1 TEXT");
    assertThat(pictures)
        .hasSize(2)
        .contains(
            SampleMessages.picture(
                FakeWorkerMain.settings("apple", 2), SampleMessages.image(8, 8)));
    assertThat(worker.status())
        .returns(WorkerState.READY, WorkerStatus::state)
        .returns("fake", WorkerStatus::engine)
        .returns("Fake 1.0", WorkerStatus::description)
        .returns(0, WorkerStatus::restarts);
  }

  @Test
  void takesThePictureToStartFromAlong() throws Exception {
    RgbImage image = SampleMessages.image(512, 768);
    List<GeneratedPicture> pictures =
        start().make(SampleMessages.settings("x", 1, 0.5), image, false, GenerationListener.SILENT);
    assertThat(pictures.get(0).image()).isEqualTo(image);
  }

  @Test
  void refusesAPictureThatFitsNoFrameAndTakesTheNextRequest() throws Exception {
    EngineWorker worker = start();
    assertThatThrownBy(
            () ->
                worker.make(
                    SampleMessages.settings("x", 1, 0.5),
                    SampleMessages.image(4000, 3000),
                    false,
                    GenerationListener.SILENT))
        .isInstanceOf(GenerationException.class)
        .hasMessageContaining("4000×3000 is too large");
    assertThat(make(worker, "apple")).hasSize(1);
  }

  @Test
  void aWorkerKilledDuringARequestFailsItInWordsAndTheNextSucceeds() throws Exception {
    EngineWorker worker = start();
    FutureTask<?> request = begin(worker, "wait");
    assertThat(worker.status().state()).isEqualTo(WorkerState.BUSY);
    ProcessHandle process = processOf(worker);
    process.destroyForcibly();
    assertThat(failureOf(request))
        .isInstanceOf(GenerationException.class)
        .hasMessageContaining("pid " + process.pid())
        .hasMessageContaining("was killed by signal 9 (SIGKILL); out of memory?")
        .extracting(failure -> ((GenerationException) failure).reason())
        .isEqualTo(Reason.WORKER_LOST);
    assertThat(make(worker, "apple")).hasSize(1);
    assertThat(worker.status().restarts()).isEqualTo(1);
  }

  @Test
  void aWorkerStartsAgainAfterItsFolderWasDeleted() throws Exception {
    EngineWorker worker = start();
    assertThat(make(worker, "apple")).hasSize(1);
    try (Stream<Path> files = Files.walk(options().runFolder())) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
    FutureTask<?> request = begin(worker, "wait");
    processOf(worker).destroyForcibly();
    assertThat(failureOf(request)).hasMessageContaining("SIGKILL");
    assertThat(make(worker, "apple")).hasSize(1);
  }

  @Test
  void aCrashIsToldWithWhatTheProcessSaidLast() throws Exception {
    EngineWorker worker = start();
    assertThat(failure(worker, "crash"))
        .hasMessageContaining("signal 6 (SIGABRT)")
        .hasMessageContaining("it said last: bmrt: assertion failed at bmruntime.cpp:42");
    assertThat(make(worker, "apple")).hasSize(1);
  }

  @Test
  void aFatalErrorEndsTheProcess() throws Exception {
    EngineWorker worker = start();
    assertThat(failure(worker, "fatal"))
        .hasMessageContaining("exit code 6")
        .hasMessageContaining("the heap is broken")
        .returns(Reason.WORKER_LOST, GenerationException::reason);
    assertThat(make(worker, "apple")).hasSize(1);
  }

  @Test
  void aFailureIsToldAsTheWorkerSaysItAndKeepsTheProcess() throws Exception {
    EngineWorker worker = start();
    assertThat(failure(worker, "nan"))
        .hasMessage("unet gave NaN at step 1")
        .returns(Reason.ENGINE_FAULT, GenerationException::reason);
    assertThat(failure(worker, "invalid"))
        .returns(Reason.INVALID_REQUEST, GenerationException::reason)
        .returns("steps", GenerationException::field);
    assertThat(failure(worker, "fault"))
        .hasMessageContaining("nobody foresaw this")
        .returns(Reason.ENGINE_FAULT, GenerationException::reason);
    assertThat(make(worker, "apple")).hasSize(1);
    assertThat(worker.status().restarts()).isZero();
  }

  @Test
  void loadsUnloadsAndPinsPacksAndTellsTheirMemory() throws Exception {
    EngineWorker worker = start();
    worker.load("a", PATIENCE);
    assertThat(worker.memory()).contains(SampleMessages.report(Map.of("a", false)));
    worker.pin("b", true, PATIENCE);
    assertThat(worker.memory()).contains(SampleMessages.report(Map.of("a", false, "b", true)));
    worker.unload("a", PATIENCE);
    assertThat(worker.memory()).contains(SampleMessages.report(Map.of("b", true)));
    assertThatThrownBy(() -> worker.load("huge", PATIENCE))
        .hasMessage("pack huge needs 2 GiB, 1 GiB can be had")
        .extracting(failure -> ((GenerationException) failure).reason())
        .isEqualTo(Reason.OUT_OF_MEMORY);
    assertThat(worker.status())
        .returns(WorkerState.READY, WorkerStatus::state)
        .returns(0, WorkerStatus::restarts);
  }

  @Test
  void anOrderForPacksDoesNotWaitForEverForARequest() throws Exception {
    EngineWorker worker = start();
    FutureTask<?> request = begin(worker, "wait");
    assertThatThrownBy(() -> worker.unload("a", Duration.ofMillis(50)))
        .isInstanceOf(TimeoutException.class)
        .hasMessage("the engine was busy with other requests for 50 ms; try again later");
    callers.get(request).interrupt();
    assertThat(failureOf(request)).isInstanceOf(InterruptedException.class);
    worker.unload("a", PATIENCE);
  }

  @Test
  void stepsAsideWhileSomebodyElseNeedsTheDevice() throws Exception {
    EngineWorker worker = start();
    worker.load("a", PATIENCE);
    worker.pin("b", true, PATIENCE);
    FutureTask<Throwable> order =
        new FutureTask<>(() -> catchThrowable(() -> worker.load("a", Duration.ofMillis(50))));
    try (EngineWorker.Aside aside = worker.stepAside(PATIENCE)) {
      assertThat(worker.memory()).contains(SampleMessages.report(Map.of()));
      new Thread(order).start();
      assertThat(order.get()).as("%s", aside).isInstanceOf(TimeoutException.class);
    }
    assertThat(worker.memory()).contains(SampleMessages.report(Map.of("b", true)));
    assertThat(make(worker, "apple")).hasSize(1);
  }

  @Test
  void aRequestAboutWhichNothingIsSaidAnyMoreEndsTheProcess() throws Exception {
    EngineWorker worker = start(options().withStallTimeout(Duration.ofMillis(300)));
    assertThat(failure(worker, "wait"))
        .hasMessageContaining("was killed because it said nothing about its request for 300 ms")
        .returns(Reason.WORKER_LOST, GenerationException::reason);
    assertThat(make(worker, "apple")).hasSize(1);
    assertThat(worker.status().restarts()).isEqualTo(1);
  }

  @Test
  void aWorkerWhoseRuntimeLostMemoryAnswersAndTheNextRequestWaitsForAnother() throws Exception {
    EngineWorker worker = start();
    assertThat(make(worker, "apple")).hasSize(1);
    assertThat(failure(worker, "lose"))
        .hasMessage("libbmrt refused the file")
        .returns(Reason.ENGINE_FAULT, GenerationException::reason);
    assertThat(make(worker, "apple")).hasSize(1);
    assertThat(worker.status().restarts()).isEqualTo(1);
  }

  @Test
  void theMemoryOfAProcessThatEndedIsUnknown() throws Exception {
    EngineWorker worker = start();
    worker.load("a", PATIENCE);
    FutureTask<?> request = begin(worker, "wait");
    processOf(worker).destroyForcibly();
    assertThat(failureOf(request)).isInstanceOf(GenerationException.class);
    await()
        .until(() -> !worker.memory().map(report -> report.packs().size()).equals(Optional.of(1)));
    make(worker, "apple");
    assertThat(worker.memory()).contains(SampleMessages.report(Map.of()));
  }

  @Test
  void pinsOutliveTheProcess() throws Exception {
    EngineWorker worker = start();
    worker.pin("a", true, PATIENCE);
    worker.pin("b", true, PATIENCE);
    worker.pin("b", false, PATIENCE);
    worker.pin("c", true, PATIENCE);
    worker.unload("c", PATIENCE);
    assertThat(failure(worker, "crash")).hasMessageContaining("SIGABRT");
    assertThat(make(worker, "apple")).hasSize(1);
    assertThat(worker.memory()).contains(SampleMessages.report(Map.of("a", true)));
  }

  @Test
  void aPinThatCostsTheProcessItsLifeIsGivenUp() throws Exception {
    EngineWorker worker = start();
    worker.load("a", PATIENCE);
    worker.pin("deadly-from-the-start", true, PATIENCE);
    assertThat(failure(worker, "crash")).hasMessageContaining("SIGABRT");
    await().until(() -> worker.status().restarts() == 2 && worker.status().up());
    assertThat(make(worker, "apple")).hasSize(1);
    assertThat(worker.memory()).contains(SampleMessages.report(Map.of()));
  }

  @Test
  void anInterruptCancelsAndKeepsTheProcess() throws Exception {
    EngineWorker worker = start();
    FutureTask<?> request = begin(worker, "wait");
    long pid = worker.status().pid();
    callers.get(request).interrupt();
    assertThat(failureOf(request)).isInstanceOf(InterruptedException.class);
    assertThat(make(worker, "apple")).hasSize(1);
    assertThat(worker.status().pid()).isEqualTo(pid);
  }

  @Test
  void aWorkerRestsBetweenStepsUntilItIsToldNotToOrTheRequestIsCancelled() throws Exception {
    EngineWorker worker = start();
    make(worker, "apple");
    worker.pace(Duration.ofHours(1));
    FutureTask<?> request = begin(worker, "apple");
    long pid = worker.status().pid();
    callers.get(request).interrupt();
    assertThat(failureOf(request)).isInstanceOf(InterruptedException.class);

    // one that is started anew rests too
    processOf(worker).destroyForcibly();
    await().until(() -> worker.status().up() && worker.status().pid() != pid);
    FutureTask<?> again = begin(worker, "apple");
    callers.get(again).interrupt();
    assertThat(failureOf(again)).isInstanceOf(InterruptedException.class);

    worker.pace(Duration.ZERO);
    assertThat(make(worker, "apple")).hasSize(1);
  }

  @Test
  void aHungWorkerIsKilledAfterTheCancelDeadline() throws Exception {
    EngineWorker worker = start();
    FutureTask<?> request = begin(worker, "hang");
    ProcessHandle process = processOf(worker);
    callers.get(request).interrupt();
    assertThat(failureOf(request)).isInstanceOf(InterruptedException.class);
    await().until(() -> !process.isAlive());
    assertThat(make(worker, "apple")).hasSize(1);
    assertThat(worker.status().restarts()).isEqualTo(1);
  }

  @Test
  void aListenerThatFailsCancelsTheRequest() throws Exception {
    EngineWorker worker = start();
    assertThatThrownBy(
            () ->
                worker.make(
                    FakeWorkerMain.settings("wait", 1),
                    null,
                    false,
                    new GenerationListener() {
                      @Override
                      public void step(
                          int picture, int step, int steps, @Nullable RgbImage preview) {
                        throw new IllegalStateException("listener");
                      }
                    }))
        .hasMessage("listener");
    assertThat(make(worker, "apple")).hasSize(1);
    assertThat(worker.status().restarts()).isZero();
  }

  @Test
  void aProcessThatGivesNoSignOfLifeIsKilled() throws Exception {
    WorkerOptions usual = options();
    EngineWorker worker =
        start(
            new WorkerOptions(
                usual.mainClass(),
                usual.arguments(),
                usual.jvmOptions(),
                usual.runFolder(),
                usual.startTimeout(),
                usual.cancelTimeout(),
                Duration.ofMillis(50),
                Duration.ofMillis(500),
                usual.stallTimeout(),
                usual.firstBackOff(),
                usual.maxBackOff()));
    FutureTask<?> request = begin(worker, "wait");
    assertThat(
            new ProcessBuilder("kill", "-STOP", Long.toString(worker.status().pid()))
                .start()
                .waitFor())
        .isZero();
    assertThat(failureOf(request))
        .hasMessageContaining("was killed because it gave no sign of life for 500 ms");
    assertThat(make(worker, "apple")).hasSize(1);
  }

  @Test
  void aProcessThatExitsAtStartIsStartedAgainAfterGrowingWaits() {
    EngineWorker worker = start("--exit-at-start");
    assertThat(failure(worker, "apple"))
        .hasMessageContaining("ended with exit code 9; it said last: cannot open /dev/bm-sophon0")
        .returns(Reason.WORKER_LOST, GenerationException::reason);
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                assertThat(worker.status())
                    .returns(WorkerState.BACKING_OFF, WorkerStatus::state)
                    .matches(status -> status.restarts() >= 3)
                    .matches(status -> status.retryIn().toMillis() > 80)
                    .matches(status -> String.valueOf(status.reason()).contains("exit code 9")));
  }

  @Test
  void anEngineThatCannotBeHadIsToldInItsOwnWords() {
    EngineWorker worker = start("--unable");
    assertThat(failure(worker, "apple"))
        .hasMessage("the pack needs 2,400 MB and 512 MB are free")
        .returns(Reason.OUT_OF_MEMORY, GenerationException::reason);
  }

  @Test
  void aProcessThatNeverGetsReadyIsKilled() {
    WorkerOptions usual = options("--mute");
    EngineWorker worker =
        start(
            new WorkerOptions(
                usual.mainClass(),
                usual.arguments(),
                usual.jvmOptions(),
                usual.runFolder(),
                Duration.ofSeconds(5),
                usual.cancelTimeout(),
                usual.heartbeat(),
                usual.heartbeatTimeout(),
                usual.stallTimeout(),
                usual.firstBackOff(),
                usual.maxBackOff()));
    assertThat(failure(worker, "apple"))
        .hasMessageContaining("was killed because it was not ready within 5 s");
  }

  @Test
  void whatALibraryPrintsDisturbsNothing() throws Exception {
    assertThat(make(start(), "chatter")).hasSize(1);
  }

  @Test
  void closingEndsTheProcessAndTheRequestAndRemovesTheSocket() throws Exception {
    EngineWorker worker = start();
    FutureTask<?> request = begin(worker, "wait");
    ProcessHandle process = processOf(worker);
    Path socket = folder.resolve("run/engine.sock");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.getParent())))
        .isEqualTo("rwx------");
    worker.close();
    assertThat(process.isAlive()).isFalse();
    assertThat(failureOf(request)).hasMessage("the worker was stopped");
    assertThat(folder.resolve("run")).isEmptyDirectory();
    assertThat(worker.status().state()).isEqualTo(WorkerState.STOPPED);
    assertThat(failure(worker, "apple")).hasMessage("the worker was stopped");
    worker.close();
  }

  @Test
  void closingEndsAHungProcess() throws Exception {
    EngineWorker worker = start();
    begin(worker, "hang");
    ProcessHandle process = processOf(worker);
    worker.close();
    assertThat(process.isAlive()).isFalse();
  }

  @Test
  void aFolderTooDeepForASocketIsReplacedByAShortOne() throws Exception {
    WorkerOptions usual = options();
    Path deep = folder.resolve("d".repeat(120));
    EngineWorker worker =
        start(
            new WorkerOptions(
                usual.mainClass(),
                usual.arguments(),
                usual.jvmOptions(),
                deep,
                usual.startTimeout(),
                usual.cancelTimeout(),
                usual.heartbeat(),
                usual.heartbeatTimeout(),
                usual.stallTimeout(),
                usual.firstBackOff(),
                usual.maxBackOff()));
    assertThat(make(worker, "apple")).hasSize(1);
    assertThat(deep.resolve("engine.sock")).doesNotExist();
  }

  @Test
  void theWorkerDiesWithADaemonThatIsKilled() throws Exception {
    Process daemon =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                DaemonDouble.class.getName(),
                folder.resolve("run").toString())
            .redirectErrorStream(true)
            .start();
    BufferedReader output = daemon.inputReader(StandardCharsets.UTF_8);
    String line = output.readLine();
    while (line != null && !line.startsWith("worker=")) {
      line = output.readLine();
    }
    assertThat(line).as("the daemon ended early").isNotNull();
    ProcessHandle child =
        ProcessHandle.of(Long.parseLong(line.substring("worker=".length()))).orElseThrow();
    assertThat(child.isAlive()).isTrue();
    daemon.destroyForcibly();
    child.onExit().get(30, SECONDS);
    assertThat(child.isAlive()).isFalse();
  }

  /** A process that has a busy worker and does nothing else. */
  static final class DaemonDouble {
    private DaemonDouble() {}

    public static void main(String... arguments) throws Exception {
      EngineWorkerIT test = new EngineWorkerIT();
      test.folder = Path.of(arguments[0]).getParent();
      EngineWorker worker = test.start();
      FutureTask<?> request = begin(worker, "wait");
      System.out.println("worker=" + worker.status().pid());
      request.get();
    }
  }

  @Test
  void aFolderThatCannotBeMadeIsSaid() throws IOException {
    Path file = Files.createFile(folder.resolve("run"));
    assertThatThrownBy(() -> EngineWorker.start(options()))
        .isInstanceOf(GenerationException.class)
        .hasMessageContaining(file.toString());
  }
}
