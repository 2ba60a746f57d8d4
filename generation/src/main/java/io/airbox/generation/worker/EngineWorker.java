package io.airbox.generation.worker;

import io.airbox.generation.GeneratedPicture;
import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationListener;
import io.airbox.generation.GenerationSettings;
import io.airbox.generation.PictureMaker;
import io.airbox.generation.image.RgbImage;
import io.airbox.generation.memory.MemoryReport;
import io.airbox.generation.memory.PackMemory;
import io.airbox.generation.worker.WorkerMessage.Cancel;
import io.airbox.generation.worker.WorkerMessage.Generate;
import io.airbox.generation.worker.WorkerMessage.Hello;
import io.airbox.generation.worker.WorkerMessage.Load;
import io.airbox.generation.worker.WorkerMessage.Pace;
import io.airbox.generation.worker.WorkerMessage.Pin;
import io.airbox.generation.worker.WorkerMessage.Ping;
import io.airbox.generation.worker.WorkerMessage.Shutdown;
import io.airbox.generation.worker.WorkerMessage.ToWorker;
import io.airbox.generation.worker.WorkerMessage.Unload;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * Makes pictures in a process of its own, so that whatever a native library does there ends that
 * process and no more. A supervising thread starts the process, asks it now and then whether it
 * lives, and starts it again when it has died, after a wait that doubles with each failure in a
 * row; a request that was answered ends the row.
 *
 * <p>Thread-safe; requests take turns. A request that comes while the process starts, or waits to
 * be started again, waits for that attempt and fails if it fails.
 */
public final class EngineWorker implements PictureMaker, AutoCloseable {
  /** A frame's room for everything but a picture's pixels. */
  private static final int FRAME_RESERVE = 1 << 20;

  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final WorkerOptions options;
  private final WorkerSocket socket;
  private final BackOff backOff;
  private final Thread supervisor;
  private final ReentrantLock turn = new ReentrantLock(true);
  private final AtomicLong requests = new AtomicLong();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // guarded by the lock
  private WorkerState state = WorkerState.STARTING;
  private @Nullable String reason;
  private GenerationException.Reason failure = GenerationException.Reason.WORKER_LOST;
  private @Nullable WorkerProcess process;
  private @Nullable WorkerSession session;
  private @Nullable Hello hello;

  /** What a process that is started anew is told to pin. */
  private final Set<String> pinned = new LinkedHashSet<>();

  private Duration rest = Duration.ZERO;

  /** Whether the process has ended a request. */
  private boolean proven;

  private int starts;
  private int failedStarts;
  private long retryAt;
  private boolean closing;

  private EngineWorker(WorkerOptions options, WorkerSocket socket) {
    this.options = options;
    this.socket = socket;
    this.backOff = new BackOff(options.firstBackOff(), options.maxBackOff());
    this.supervisor = new Thread(this::supervise, "engine-supervisor");
    supervisor.setDaemon(true);
  }

  /**
   * Starts a worker process in the background; {@link #status()} tells when it is ready.
   *
   * @throws GenerationException {@code WORKER_LOST} if the socket cannot be made
   */
  public static EngineWorker start(WorkerOptions options) {
    try {
      Path folder = options.runFolder();
      Files.createDirectories(folder);
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
      EngineWorker worker = new EngineWorker(options, WorkerSocket.listen(folder));
      worker.supervisor.start();
      return worker;
    } catch (IOException failure) {
      throw new GenerationException(
          GenerationException.Reason.WORKER_LOST,
          "no worker can be started: " + failure.getMessage(),
          failure);
    }
  }

  /** How the process is now. */
  public WorkerStatus status() {
    lock.lock();
    try {
      long wait = state == WorkerState.BACKING_OFF ? Math.max(0, retryAt - System.nanoTime()) : 0;
      return new WorkerStatus(
          state,
          reason,
          reason == null ? null : failure,
          process == null ? -1 : process.pid(),
          hello == null ? null : hello.engine(),
          hello == null ? null : hello.description(),
          Math.max(0, starts - 1),
          Duration.ofNanos(wait));
    } finally {
      lock.unlock();
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws GenerationException what the worker says, or {@code WORKER_LOST} with how its process
   *     ended; the worker is started again by itself
   */
  @Override
  public List<GeneratedPicture> make(
      GenerationSettings settings,
      @Nullable RgbImage image,
      boolean preview,
      GenerationListener listener)
      throws InterruptedException {
    if (image != null && image.rgb().length > Frames.LONGEST - FRAME_RESERVE) {
      throw GenerationException.invalid(
          "image",
          "image: "
              + image.width()
              + "×"
              + image.height()
              + " is too large to start from; make it smaller first");
    }
    turn.lockInterruptibly();
    try {
      return converse(id -> new Generate(id, settings, image, preview), listener);
    } finally {
      turn.unlock();
    }
  }

  /**
   * What the worker said last of its memory: after each change, every few seconds while it makes a
   * picture, and now and then when other programs change what is free. Empty without a worker.
   */
  public Optional<MemoryReport> memory() {
    lock.lock();
    try {
      return session == null ? Optional.empty() : Optional.ofNullable(session.memory());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Rests after each step from now on, so that the machine cools down; also of a picture that is
   * being made, and in a worker that is started anew.
   *
   * @param length zero for none
   */
  public void pace(Duration length) {
    lock.lock();
    try {
      rest = length;
      if (session != null) {
        session.send(new Pace(length.toMillis()));
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Loads a pack before it is needed; without effect if it is loaded.
   *
   * @param patience how long to wait for requests that came earlier
   * @throws GenerationException as {@link #make}; {@code OUT_OF_MEMORY} with the figures when it
   *     does not fit beside pinned packs. It is not loaded then
   * @throws TimeoutException other requests still run; nothing was done
   */
  public void load(String pack, Duration patience) throws InterruptedException, TimeoutException {
    order(id -> new Load(id, pack), patience, () -> {});
  }

  /**
   * Gives a pack's memory back, pinned or not; without effect if it is not loaded. The next request
   * for it loads it again.
   *
   * @param patience how long to wait for requests that came earlier
   * @throws GenerationException as {@link #make}
   * @throws TimeoutException other requests still run; nothing was done
   */
  public void unload(String pack, Duration patience) throws InterruptedException, TimeoutException {
    order(id -> new Unload(id, pack), patience, () -> pinned.remove(pack));
  }

  /**
   * Keeps a pack loaded, whatever else is asked for, or stops to. Pinning loads a pack that is not
   * loaded. It ends with {@link #unload}; a worker that is started anew is told to pin again.
   *
   * @param patience how long to wait for requests that came earlier
   * @throws GenerationException as {@link #load}; then it is not pinned
   * @throws TimeoutException other requests still run; nothing was done
   */
  public void pin(String pack, boolean pinning, Duration patience)
      throws InterruptedException, TimeoutException {
    order(
        id -> new Pin(id, pack, pinning),
        patience,
        () -> {
          pinned.remove(pack);
          if (pinning) {
            pinned.add(pack);
          }
        });
  }

  /**
   * @param done run under the lock when the order was carried out
   */
  private void order(LongFunction<ToWorker> message, Duration patience, Runnable done)
      throws InterruptedException, TimeoutException {
    if (!turn.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new TimeoutException(
          "the engine was busy with other requests for " + seconds(patience) + "; try again later");
    }
    try {
      converse(message, GenerationListener.SILENT);
      lock.lock();
      try {
        done.run();
      } finally {
        lock.unlock();
      }
    } finally {
      turn.unlock();
    }
  }

  /** Ends a time in which nothing was loaded and requests waited; by the thread that began it. */
  @FunctionalInterface
  public interface Aside extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Gives the memory of all packs back and lets requests wait, for as long as somebody else needs
   * the device. Pinned packs are loaded again then, others when they are asked for.
   *
   * @param patience how long to wait for requests that came earlier
   * @throws GenerationException as {@link #make}; requests do not wait then
   * @throws TimeoutException other requests still run; nothing was done
   */
  public Aside stepAside(Duration patience) throws InterruptedException, TimeoutException {
    if (!turn.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new TimeoutException(
          "the engine was busy with other requests for " + seconds(patience) + "; try again later");
    }
    boolean aside = false;
    try {
      List<PackMemory> loaded = memory().map(MemoryReport::packs).orElse(List.of());
      for (PackMemory pack : loaded) {
        converse(id -> new Unload(id, pack.name()), GenerationListener.SILENT);
      }
      aside = true;
      return this::comeBack;
    } finally {
      if (!aside) {
        turn.unlock();
      }
    }
  }

  private void comeBack() {
    boolean interrupted = Thread.interrupted();
    try {
      for (String pack : pins()) {
        converse(id -> new Pin(id, pack, true), GenerationListener.SILENT);
      }
    } catch (InterruptedException e) {
      interrupted = true;
    } catch (GenerationException e) {
      Logger.warn("a pinned pack is not loaded again: {}", e.getMessage());
    } finally {
      turn.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private List<String> pins() {
    lock.lock();
    try {
      return List.copyOf(pinned);
    } finally {
      lock.unlock();
    }
  }

  /** Under the turn: one request from its beginning to its end. */
  private List<GeneratedPicture> converse(
      LongFunction<ToWorker> message, GenerationListener listener) throws InterruptedException {
    WorkerSession ready = awaitReady();
    long id = requests.incrementAndGet();
    Exchange exchange = new Exchange(id, listener);
    try {
      ready.begin(exchange, message.apply(id));
      List<GeneratedPicture> pictures = exchange.await();
      succeeded();
      return pictures;
    } catch (InterruptedException interrupted) {
      cancel(ready, exchange);
      throw interrupted;
    } catch (GenerationException answered) {
      if (answered.reason() != GenerationException.Reason.WORKER_LOST) {
        succeeded();
      }
      throw answered;
    } catch (RuntimeException listenerFault) {
      cancel(ready, exchange);
      throw listenerFault;
    } finally {
      ready.finished();
      idle(ready);
    }
  }

  private WorkerSession awaitReady() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      int failedBefore = failedStarts;
      while (state != WorkerState.READY
          || session == null
          || session.retiring()
          || process == null
          || !process.isAlive()) {
        if (closing || failedStarts != failedBefore) {
          throw new GenerationException(failure, reason == null ? "the worker is stopped" : reason);
        }
        changed.await();
      }
      state = WorkerState.BUSY;
      return session;
    } finally {
      lock.unlock();
    }
  }

  private void idle(WorkerSession used) {
    lock.lock();
    try {
      if (state == WorkerState.BUSY && used.equals(session)) {
        state = used.retiring() ? WorkerState.STARTING : WorkerState.READY;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private void succeeded() {
    lock.lock();
    try {
      backOff.succeeded();
      proven = true;
    } finally {
      lock.unlock();
    }
  }

  private void cancel(WorkerSession ready, Exchange exchange) {
    ready.send(new Cancel(exchange.id()));
    if (!exchange.endsWithin(options.cancelTimeout())) {
      ready.kill("it did not heed a cancel within " + seconds(options.cancelTimeout()));
      exchange.endsWithin(PATIENCE); // so that the next request does not meet the dying process
    }
  }

  // ---- the supervisor

  private void supervise() {
    try {
      while (!isClosing()) {
        GenerationException end = live();
        if (!isClosing()) {
          Logger.warn("{}", end.getMessage());
          backOff(end);
        }
      }
    } finally {
      stopped();
    }
  }

  /** One life of the process, from its start to its end; returns how it ended. */
  private GenerationException live() {
    WorkerProcess started;
    try {
      started = begin();
    } catch (IOException unstartable) {
      return failedStart(
          lost("the engine's process could not be started: " + unstartable.getMessage()));
    }
    WorkerSession opened = null;
    boolean greeted = false;
    try {
      opened = greet(started);
      greeted = opened != null && opened.greeted();
      if (opened != null && greeted) {
        attend(started, opened);
      }
    } catch (IOException broken) {
      started.kill("its socket failed: " + broken.getMessage());
    } finally {
      started.end(
          PATIENCE, isClosing() ? "it did not end when told to" : "it closed its connection");
      forget();
    }
    GenerationException end = lost(started.obituary());
    if (opened != null) {
      awaitLastWords(opened);
      GenerationException unable = opened.unable();
      end = unable == null ? end : unable;
      opened.lost(isClosing() ? lost("the worker was stopped") : end);
    }
    return greeted ? end : failedStart(end);
  }

  /** What a process said before it ended may still be on its way when its end is known. */
  private void awaitLastWords(WorkerSession opened) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    lock.lock();
    try {
      for (long left = PATIENCE.toNanos();
          !opened.ended() && left > 0;
          left = deadline - System.nanoTime()) {
        awaitChange(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** The process never got ready: requests that wait for it are told why. */
  private GenerationException failedStart(GenerationException why) {
    lock.lock();
    try {
      failedStarts++;
      reason = why.getMessage();
      failure = why.reason();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    return why;
  }

  private WorkerProcess begin() throws IOException {
    Path temporary = options.runFolder().toAbsolutePath().resolve("tmp");
    deleteTree(temporary); // libraries that a killed process has unpacked
    Files.createDirectories(temporary);
    socket.renew();
    lock.lock();
    try {
      state = WorkerState.STARTING;
      starts++;
      process = WorkerProcess.start(options, socket.path(), temporary);
      process.onExit(
          () -> {
            socket.wakeup();
            signal();
          });
      return process;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the process to connect and to say hello; null when it does not. */
  private @Nullable WorkerSession greet(WorkerProcess started) throws IOException {
    long deadline = System.nanoTime() + options.startTimeout().toNanos();
    SocketChannel channel =
        socket.accept(options.startTimeout(), () -> started.isAlive() && !isClosing());
    if (channel == null) {
      started.kill("it did not connect within " + seconds(options.startTimeout()));
      return null;
    }
    WorkerSession opened = WorkerSession.open(channel, started, this::signal);
    lock.lock();
    try {
      while (!opened.greeted() && !opened.ended() && started.isAlive() && !closing) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          started.kill("it was not ready within " + seconds(options.startTimeout()));
          return opened;
        }
        awaitChange(left);
      }
      Hello said = opened.hello();
      if (said != null) {
        hello = said;
        session = opened;
        state = WorkerState.READY;
        reason = null;
        Logger.info("Engine worker {} is ready: {}", started.pid(), said.description());
        if (!rest.isZero()) {
          opened.send(new Pace(rest.toMillis()));
        }
        pinAgain(opened);
        changed.signalAll();
      }
      return opened;
    } finally {
      lock.unlock();
    }
  }

  /** Under the lock: orders that come before any request, and whose ends nobody waits for. */
  private void pinAgain(WorkerSession opened) {
    if (starts > 1 && !proven && !pinned.isEmpty()) {
      Logger.warn("The pins of {} are given up: the worker ended before it did anything", pinned);
      pinned.clear();
    }
    proven = false;
    pinned.forEach(pack -> opened.send(new Pin(requests.incrementAndGet(), pack, true)));
  }

  /** Stays with the process until it or its connection ends, or we close. */
  private void attend(WorkerProcess started, WorkerSession opened) {
    long number = 0;
    lock.lock();
    try {
      long nextPing = System.nanoTime() + options.heartbeat().toNanos();
      while (started.isAlive() && !opened.ended() && !closing) {
        long now = System.nanoTime();
        if (opened.silentFor(now) > options.heartbeatTimeout().toNanos()) {
          started.kill("it gave no sign of life for " + seconds(options.heartbeatTimeout()));
          return;
        }
        if (opened.stalledFor(now) > options.stallTimeout().toNanos()) {
          started.kill("it said nothing about its request for " + seconds(options.stallTimeout()));
          return;
        }
        if (now - nextPing >= 0) {
          opened.ping(new Ping(++number), now);
          nextPing = now + options.heartbeat().toNanos();
        }
        awaitChange(nextPing - now);
      }
      if (closing) {
        opened.send(new Shutdown());
      }
    } finally {
      lock.unlock();
    }
  }

  private void forget() {
    lock.lock();
    try {
      process = null;
      session = null;
    } finally {
      lock.unlock();
    }
  }

  private void backOff(GenerationException end) {
    lock.lock();
    try {
      Duration wait = backOff.failed();
      state = WorkerState.BACKING_OFF;
      reason = end.getMessage();
      failure = end.reason();
      retryAt = System.nanoTime() + wait.toNanos();
      changed.signalAll();
      long left = wait.toNanos();
      while (left > 0 && !closing) {
        awaitChange(left);
        left = retryAt - System.nanoTime();
      }
    } finally {
      lock.unlock();
    }
  }

  private void stopped() {
    lock.lock();
    try {
      state = WorkerState.STOPPED;
      reason = "the worker was stopped";
      failure = GenerationException.Reason.WORKER_LOST;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      socket.close();
      deleteTree(options.runFolder().toAbsolutePath().resolve("tmp"));
    } catch (IOException leftOver) {
      Logger.warn("The worker's run folder could not be cleaned: {}", leftOver.toString());
    }
  }

  /** Under the lock: waits for a change; nobody interrupts the supervisor. */
  @SuppressWarnings("WaitNotInLoop") // the callers loop
  private void awaitChange(long nanos) {
    try {
      changed.awaitNanos(Math.max(1, nanos));
    } catch (InterruptedException nobodyDoesThat) {
      closing = true;
    }
  }

  private void signal() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private boolean isClosing() {
    lock.lock();
    try {
      return closing;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Ends the process, politely at first, then by force, and removes the socket. A request that runs
   * fails with {@code WORKER_LOST}. Closing twice is allowed. When the calling thread is
   * interrupted it stops waiting and stays interrupted; the process ends all the same.
   */
  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    socket.wakeup();
    try {
      supervisor.join();
    } catch (InterruptedException stopWaiting) {
      Thread.currentThread().interrupt();
    }
  }

  private static GenerationException lost(String message) {
    return new GenerationException(GenerationException.Reason.WORKER_LOST, message);
  }

  private static String seconds(Duration time) {
    return TimeUnit.MILLISECONDS.toSeconds(time.toMillis()) > 0
        ? time.toSeconds() + " s"
        : time.toMillis() + " ms";
  }

  private static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(root)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
