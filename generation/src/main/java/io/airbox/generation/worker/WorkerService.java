package io.airbox.generation.worker;

import io.airbox.generation.GeneratedPicture;
import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationListener;
import io.airbox.generation.PackHost;
import io.airbox.generation.image.RgbImage;
import io.airbox.generation.memory.MemoryReport;
import io.airbox.generation.worker.WorkerMessage.Cancel;
import io.airbox.generation.worker.WorkerMessage.Cancelled;
import io.airbox.generation.worker.WorkerMessage.Completed;
import io.airbox.generation.worker.WorkerMessage.Failed;
import io.airbox.generation.worker.WorkerMessage.Generate;
import io.airbox.generation.worker.WorkerMessage.Hello;
import io.airbox.generation.worker.WorkerMessage.Load;
import io.airbox.generation.worker.WorkerMessage.Memory;
import io.airbox.generation.worker.WorkerMessage.Pace;
import io.airbox.generation.worker.WorkerMessage.PictureDone;
import io.airbox.generation.worker.WorkerMessage.Pin;
import io.airbox.generation.worker.WorkerMessage.Ping;
import io.airbox.generation.worker.WorkerMessage.Pong;
import io.airbox.generation.worker.WorkerMessage.Retiring;
import io.airbox.generation.worker.WorkerMessage.Shutdown;
import io.airbox.generation.worker.WorkerMessage.StageBegun;
import io.airbox.generation.worker.WorkerMessage.StepDone;
import io.airbox.generation.worker.WorkerMessage.ToDaemon;
import io.airbox.generation.worker.WorkerMessage.ToWorker;
import io.airbox.generation.worker.WorkerMessage.Unable;
import io.airbox.generation.worker.WorkerMessage.Unload;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * The worker's side: connects, says hello, makes pictures on the thread that runs it, and ends the
 * whole process when the socket closes, for it has no reason to live without the daemon.
 */
final class WorkerService implements Connection.Receiver {
  private static final int NO_ENGINE = 4;
  private static final int PROTOCOL_ERROR = 5;
  private static final int FATAL_ERROR = 6;
  private static final int RETIRED = 7;

  /** How often the memory is told while a request runs. */
  private static final Duration REPORT_WHILE_BUSY = Duration.ofSeconds(2);

  /** How often it is looked at, and told if it changed, while none does. */
  private static final Duration REPORT_WHILE_IDLE = Duration.ofSeconds(4);

  private static final Duration LONGEST_EXIT = Duration.ofSeconds(2);

  private final PictureMakerFactory factory;
  private final Thread maker = Thread.currentThread();
  private final BlockingQueue<Order> requests = new LinkedBlockingQueue<>();
  private volatile int exitCode;

  /** After each step but the last of a picture. */
  private volatile long restMillis;

  private final Object lock = new Object();
  // guarded by the lock
  private @Nullable Long current;
  private @Nullable Long cancelled;

  /** Something for the making thread. */
  private record Order(long id, Work work) {}

  /** What is to be done. */
  @FunctionalInterface
  private interface Work {
    void run(PackHost host, GenerationListener listener) throws InterruptedException;
  }

  private WorkerService(PictureMakerFactory factory) {
    this.factory = factory;
  }

  /**
   * Serves until the process ends; the calling thread makes the pictures.
   *
   * @throws IOException the socket cannot be connected to
   */
  static void run(Path socket, PictureMakerFactory factory) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException unreachable) {
      try (channel) {
        throw new IOException("cannot connect to " + socket + ": " + unreachable, unreachable);
      }
    }
    WorkerService service = new WorkerService(factory);
    try {
      service.serve(Connection.open(channel, "daemon", service));
    } catch (InterruptedException nobodyDoesThat) {
      throw new IllegalStateException("interrupted between requests", nobodyDoesThat);
    } catch (Error fatal) {
      Logger.error(fatal, "The worker cannot go on");
      exit(FATAL_ERROR);
    }
  }

  private void serve(Connection connection) throws InterruptedException {
    PictureMakerFactory.Engine engine;
    try {
      engine = factory.open();
    } catch (RuntimeException unable) {
      Logger.error(unable, "The engine cannot be had");
      connection.send(
          unable instanceof GenerationException known
              ? new Unable(known.reason(), text(known))
              : new Unable(GenerationException.Reason.ENGINE_FAULT, unable.toString()));
      exitCode = NO_ENGINE;
      connection.finish();
      return;
    }
    connection.send(
        new Hello(
            WorkerMessage.PROTOCOL,
            engine.id(),
            engine.description(),
            ProcessHandle.current().pid()));
    MemoryTeller memory = new MemoryTeller(engine.maker(), connection);
    memory.tell();
    while (true) {
      Order order = requests.poll(REPORT_WHILE_IDLE.toMillis(), TimeUnit.MILLISECONDS);
      if (order == null) {
        memory.tell();
        continue;
      }
      ToDaemon answer =
          answer(engine.maker(), order, new Told(order.id(), connection, memory, () -> restMillis));
      memory.tell(); // first, so that whoever gets the answer finds the figures that follow from it
      Optional<String> retirement = engine.maker().retirement();
      retirement.ifPresent(reason -> connection.send(new Retiring(reason)));
      connection.send(answer);
      if (retirement.isPresent()) {
        Logger.warn("The worker ends: {}", retirement.get());
        exitCode = RETIRED;
        connection.finish();
        return;
      }
    }
  }

  private ToDaemon answer(PackHost host, Order order, GenerationListener listener) {
    long id = order.id();
    if (!begin(id)) {
      return new Cancelled(id);
    }
    try {
      order.work().run(host, listener);
      return new Completed(id);
    } catch (InterruptedException interrupted) {
      return new Cancelled(id);
    } catch (GenerationException failure) {
      return failure.reason() == GenerationException.Reason.CANCELLED
          ? new Cancelled(id)
          : new Failed(id, failure.reason(), failure.field(), text(failure));
    } catch (RuntimeException fault) {
      Logger.error(fault, "Request {} failed for a reason that nobody foresaw", id);
      return new Failed(id, GenerationException.Reason.ENGINE_FAULT, null, fault.toString());
    } finally {
      finish();
    }
  }

  private boolean begin(long id) {
    synchronized (lock) {
      boolean wanted = cancelled == null || cancelled != id;
      current = wanted ? id : null;
      return wanted;
    }
  }

  private void finish() {
    synchronized (lock) {
      current = null;
      if (Thread.interrupted()) {
        Logger.debug("A cancel came when the request was done already");
      }
    }
  }

  @Override
  public void received(Connection connection, WorkerMessage message)
      throws WorkerProtocolException {
    if (!(message instanceof ToWorker order)) {
      throw new WorkerProtocolException(
          "the daemon sent a message of the worker: " + message.getClass().getSimpleName());
    }
    if (order instanceof Generate m) {
      requests.add(
          new Order(
              m.id(),
              (host, listener) -> host.make(m.settings(), m.image(), m.preview(), listener)));
    } else if (order instanceof Load m) {
      requests.add(new Order(m.id(), (host, listener) -> host.load(m.pack())));
    } else if (order instanceof Unload m) {
      requests.add(new Order(m.id(), (host, listener) -> host.unload(m.pack())));
    } else if (order instanceof Pin m) {
      requests.add(new Order(m.id(), (host, listener) -> host.pin(m.pack(), m.pinned())));
    } else if (order instanceof Cancel cancel) {
      cancel(cancel.id());
    } else if (order instanceof Pace pace) {
      restMillis = pace.restMillis();
    } else if (order instanceof Ping ping) {
      connection.send(new Pong(ping.number()));
    } else if (order instanceof Shutdown) {
      exit(0);
    }
  }

  private void cancel(long id) {
    synchronized (lock) {
      cancelled = id;
      if (current != null && current == id) {
        maker.interrupt();
      }
    }
  }

  @Override
  public void ended(@Nullable IOException why) {
    if (why instanceof WorkerProtocolException) {
      Logger.error("The worker ends: {}", why.getMessage());
      exitCode = PROTOCOL_ERROR;
    }
    exit(exitCode);
  }

  /**
   * Ends the process with its shutdown hooks, which remove unpacked libraries, but without them if
   * they take long: a native call that hangs must not keep the process.
   */
  private static void exit(int code) {
    Thread halt =
        new Thread(
            () -> {
              LockSupport.parkNanos(LONGEST_EXIT.toNanos());
              Runtime.getRuntime().halt(code);
            },
            "halt");
    halt.setDaemon(true);
    halt.start();
    System.exit(code);
  }

  private static String text(GenerationException failure) {
    String message = failure.getMessage();
    return message == null ? failure.reason().name() : message;
  }

  /** Tells the daemon of the memory, on the making thread. */
  private static final class MemoryTeller {
    private final PackHost host;
    private final Connection connection;
    private @Nullable MemoryReport last;
    private long toldAt;

    MemoryTeller(PackHost host, Connection connection) {
      this.host = host;
      this.connection = connection;
    }

    /** Tells it if it changed. */
    void tell() {
      MemoryReport now;
      try {
        now = host.memory();
      } catch (RuntimeException untold) {
        Logger.warn("The memory's figures cannot be had: {}", untold.toString());
        return;
      }
      toldAt = System.nanoTime();
      if (last == null || !now.sameAs(last)) {
        connection.send(new Memory(now));
        last = now;
      }
    }

    /** Tells it if it was not told for a while. */
    void tellNowAndThen() {
      if (System.nanoTime() - toldAt >= REPORT_WHILE_BUSY.toNanos()) {
        tell();
      }
    }
  }

  /** Passes progress on, and rests where that is asked for. */
  private record Told(long id, Connection connection, MemoryTeller memory, LongSupplier restMillis)
      implements GenerationListener {
    @Override
    public void stage(int picture, Stage stage) {
      connection.send(new StageBegun(id, picture, stage));
      if (stage == Stage.TEXT) {
        memory.tell(); // the pack may have been loaded just now
      } else {
        memory.tellNowAndThen();
      }
    }

    @Override
    public void step(int picture, int step, int steps, @Nullable RgbImage preview) {
      connection.send(new StepDone(id, picture, step, steps, preview));
      memory.tellNowAndThen();
      if (step < steps) {
        rest();
      }
    }

    private void rest() {
      try {
        Thread.sleep(restMillis.getAsLong());
      } catch (InterruptedException cancelled) {
        Thread.currentThread().interrupt(); // which the pipeline heeds before its next step
      }
    }

    @Override
    public void picture(int index, GeneratedPicture picture) {
      connection.send(new PictureDone(id, index, picture));
    }
  }
}
