package io.airbox.generation.worker;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One end of the socket. A thread reads, another writes: an interrupt, which is how requests are
 * cancelled, would close a channel under the thread that uses it. Thread-safe.
 */
final class Connection implements AutoCloseable {
  /** Told what arrives, on the reading thread. */
  interface Receiver {
    /**
     * A message came.
     *
     * @throws WorkerProtocolException it is out of place; the connection ends
     */
    void received(Connection connection, WorkerMessage message) throws WorkerProtocolException;

    /**
     * The connection ended; told once, and nothing comes after it.
     *
     * @param why null when an end closed it in order
     */
    void ended(@Nullable IOException why);
  }

  private final SocketChannel channel;
  private final Receiver receiver;

  /** What is to be sent; empty for the end. */
  private final BlockingQueue<Optional<WorkerMessage>> outbox = new LinkedBlockingQueue<>();

  private final AtomicBoolean ended = new AtomicBoolean();
  private final Thread reader;
  private final Thread writer;

  private Connection(SocketChannel channel, String name, Receiver receiver) {
    this.channel = channel;
    this.receiver = receiver;
    this.reader = new Thread(this::read, name + "-reader");
    this.writer = new Thread(this::write, name + "-writer");
    reader.setDaemon(true);
    writer.setDaemon(true);
  }

  /** Takes a connected channel over. */
  static Connection open(SocketChannel channel, String name, Receiver receiver) {
    Connection connection = new Connection(channel, name, receiver);
    connection.reader.start();
    connection.writer.start();
    return connection;
  }

  /** Sends a message, after those sent before; lost without a word if the connection has ended. */
  void send(WorkerMessage message) {
    outbox.add(Optional.of(message));
  }

  /** Sends what was given to {@link #send} and ends the connection; waits for that. */
  void finish() throws InterruptedException {
    outbox.add(Optional.empty());
    writer.join();
  }

  private void read() {
    try {
      for (byte[] frame = Frames.read(channel); frame != null; frame = Frames.read(channel)) {
        receiver.received(this, MessageCodec.read(frame));
      }
      end(null);
    } catch (IOException broken) {
      end(broken);
    } catch (RuntimeException fault) {
      end(new WorkerProtocolException("a message could not be handled: " + fault, fault));
    }
  }

  private void write() {
    try {
      for (Optional<WorkerMessage> next = outbox.take(); next.isPresent(); next = outbox.take()) {
        Frames.write(channel, MessageCodec.write(next.get()));
      }
      end(null);
    } catch (IOException broken) {
      end(broken);
    } catch (InterruptedException closed) {
      end(null);
    }
  }

  private void end(@Nullable IOException why) {
    if (ended.compareAndSet(false, true)) {
      try (channel) {
        writer.interrupt();
      } catch (IOException second) {
        if (why != null) {
          why.addSuppressed(second);
        }
      } finally {
        receiver.ended(why);
      }
    }
  }

  /** Ends it at once; what was not yet written is lost. Closing twice is allowed. */
  @Override
  public void close() {
    end(null);
  }
}
