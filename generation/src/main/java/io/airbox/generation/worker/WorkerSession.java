package io.airbox.generation.worker;

import io.airbox.generation.GenerationException;
import io.airbox.generation.memory.MemoryReport;
import io.airbox.generation.worker.WorkerMessage.Cancelled;
import io.airbox.generation.worker.WorkerMessage.Completed;
import io.airbox.generation.worker.WorkerMessage.Failed;
import io.airbox.generation.worker.WorkerMessage.Hello;
import io.airbox.generation.worker.WorkerMessage.Memory;
import io.airbox.generation.worker.WorkerMessage.PictureDone;
import io.airbox.generation.worker.WorkerMessage.Ping;
import io.airbox.generation.worker.WorkerMessage.Pong;
import io.airbox.generation.worker.WorkerMessage.Retiring;
import io.airbox.generation.worker.WorkerMessage.StageBegun;
import io.airbox.generation.worker.WorkerMessage.StepDone;
import io.airbox.generation.worker.WorkerMessage.ToDaemon;
import io.airbox.generation.worker.WorkerMessage.ToWorker;
import io.airbox.generation.worker.WorkerMessage.Unable;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * A conversation with one worker process, from hello to the end of the connection. Thread-safe; it
 * has a lock of its own, under which it calls nobody.
 */
final class WorkerSession implements Connection.Receiver {
  private final WorkerProcess process;
  private final Runnable changed;
  private @Nullable Connection connection;
  // guarded by this
  private @Nullable Hello hello;
  private @Nullable GenerationException unable;
  private @Nullable GenerationException lost;
  private @Nullable Exchange exchange;
  private @Nullable MemoryReport memory;
  private boolean retiring;
  private boolean ended;
  private long heardAt;
  private long pingedAt;
  private boolean owesPong;

  private WorkerSession(WorkerProcess process, Runnable changed) {
    this.process = process;
    this.changed = changed;
  }

  /**
   * Opens a conversation.
   *
   * @param changed called, under no lock, after the hello and at the end
   */
  static WorkerSession open(SocketChannel channel, WorkerProcess process, Runnable changed) {
    WorkerSession session = new WorkerSession(process, changed);
    synchronized (session) {
      session.connection = Connection.open(channel, "engine", session);
    }
    return session;
  }

  synchronized boolean greeted() {
    return hello != null;
  }

  synchronized @Nullable Hello hello() {
    return hello;
  }

  /** What the worker said when it has no engine; else null. */
  synchronized @Nullable GenerationException unable() {
    return unable;
  }

  /** Whether the worker takes no further request. */
  synchronized boolean retiring() {
    return retiring;
  }

  synchronized boolean ended() {
    return ended;
  }

  /** What the worker said last of its memory; null until it did. */
  synchronized @Nullable MemoryReport memory() {
    return memory;
  }

  /** Begins a request; when the worker is lost already, the exchange is told so. */
  void begin(Exchange request, ToWorker message) {
    GenerationException already;
    synchronized (this) {
      exchange = request;
      heardAt = System.nanoTime();
      already = lost;
    }
    if (already == null) {
      send(message);
    } else {
      request.lost(already);
    }
  }

  synchronized void finished() {
    exchange = null;
  }

  void send(ToWorker message) {
    Connection open;
    synchronized (this) {
      open = connection;
    }
    if (open != null) {
      open.send(message);
    }
  }

  void kill(String because) {
    process.kill(because);
  }

  void ping(Ping ping, long now) {
    synchronized (this) {
      if (!owesPong) {
        owesPong = true;
        pingedAt = now;
      }
    }
    send(ping);
  }

  /** Nanoseconds since the oldest ping that is not answered; 0 when all are. */
  synchronized long silentFor(long now) {
    return owesPong ? now - pingedAt : 0;
  }

  /** Nanoseconds for which the worker has said nothing about its request; 0 without one. */
  synchronized long stalledFor(long now) {
    return exchange == null ? 0 : now - heardAt;
  }

  /** The process has ended: so does the conversation and the request. */
  void lost(GenerationException why) {
    Exchange pending;
    Connection open;
    synchronized (this) {
      lost = why;
      pending = exchange;
      open = connection;
    }
    if (open != null) {
      open.close();
    }
    if (pending != null) {
      pending.lost(why);
    }
  }

  @Override
  public void received(Connection from, WorkerMessage message) throws WorkerProtocolException {
    if (!(message instanceof ToDaemon said)) {
      throw new WorkerProtocolException(
          "the worker sent a message of the daemon: " + message.getClass().getSimpleName());
    }
    if (!(said instanceof Pong)) { // which another thread sends than the one that works
      synchronized (this) {
        heardAt = System.nanoTime();
      }
    }
    if (said instanceof Hello greeting) {
      greet(greeting);
    } else if (said instanceof Memory told) {
      synchronized (this) {
        memory = told.report();
      }
    } else if (said instanceof Unable sorry) {
      synchronized (this) {
        unable = new GenerationException(sorry.reason(), sorry.message());
      }
    } else if (said instanceof Retiring) {
      synchronized (this) {
        retiring = true;
      }
    } else if (said instanceof Pong) {
      synchronized (this) {
        owesPong = false;
      }
    } else if (said instanceof StageBegun m) {
      pass(m.id(), said);
    } else if (said instanceof StepDone m) {
      pass(m.id(), said);
    } else if (said instanceof PictureDone m) {
      pass(m.id(), said);
    } else if (said instanceof Completed m) {
      pass(m.id(), said);
    } else if (said instanceof Cancelled m) {
      pass(m.id(), said);
    } else if (said instanceof Failed m) {
      pass(m.id(), said);
    }
  }

  private void greet(Hello greeting) throws WorkerProtocolException {
    if (greeting.protocol() != WorkerMessage.PROTOCOL) {
      throw new WorkerProtocolException(
          "the worker speaks protocol " + greeting.protocol() + ", not " + WorkerMessage.PROTOCOL);
    }
    if (greeting.pid() != process.pid()) {
      throw new WorkerProtocolException(
          "the worker that connected has pid " + greeting.pid() + ", not " + process.pid());
    }
    synchronized (this) {
      hello = greeting;
    }
    changed.run();
  }

  private synchronized void pass(long id, ToDaemon message) {
    if (exchange != null && exchange.id() == id) {
      exchange.said(message);
    } else if (message instanceof Failed failed) {
      Logger.warn("The worker could not do what nobody waits for: {}", failed.message());
    }
  }

  @Override
  public void ended(@Nullable IOException why) {
    synchronized (this) {
      ended = true;
    }
    if (why instanceof WorkerProtocolException) {
      process.kill(String.valueOf(why.getMessage()));
    }
    changed.run();
  }
}
