package io.airbox.helper;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;

/** Messages over a connection, each within a time limit. Used by one thread. */
final class Wire implements AutoCloseable {
  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;

  /**
   * Takes a connected channel over.
   *
   * @throws IOException it cannot be watched; the channel is closed
   */
  Wire(SocketChannel channel) throws IOException {
    this.channel = channel;
    try {
      channel.configureBlocking(false);
      selector = Selector.open();
      key = channel.register(selector, 0);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * Reads one message.
   *
   * @throws EOFException the other side closed before the first byte
   * @throws MalformedFrameException it is none, or it breaks off
   * @throws SocketTimeoutException it did not arrive whole within the limit
   */
  List<String> receive(Frame.Size size, Duration limit) throws IOException {
    long deadline = System.nanoTime() + limit.toNanos();
    ByteBuffer header = ByteBuffer.allocate(Frame.HEADER);
    fill(header, deadline, limit, true);
    ByteBuffer body = ByteBuffer.allocate(Frame.length(size, header.flip()));
    fill(body, deadline, limit, false);
    return Frame.decode(size, body.flip());
  }

  private void fill(ByteBuffer buffer, long deadline, Duration limit, boolean first)
      throws IOException {
    while (buffer.hasRemaining()) {
      int count = channel.read(buffer);
      if (count < 0) {
        if (first && buffer.position() == 0) {
          throw new EOFException("the other side said nothing");
        }
        throw new MalformedFrameException("it breaks off");
      }
      if (count == 0) {
        await(SelectionKey.OP_READ, deadline, limit);
      }
    }
  }

  /**
   * Writes one message.
   *
   * @throws SocketTimeoutException the other side did not take it within the limit
   * @throws IOException the other side is gone
   */
  void send(Frame.Size size, List<String> fields, Duration limit) throws IOException {
    long deadline = System.nanoTime() + limit.toNanos();
    ByteBuffer frame = Frame.encode(size, fields);
    while (frame.hasRemaining()) {
      if (channel.write(frame) == 0) {
        await(SelectionKey.OP_WRITE, deadline, limit);
      }
    }
  }

  private void await(int operation, long deadline, Duration limit) throws IOException {
    long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("interrupted");
    }
    if (left <= 0) {
      throw new SocketTimeoutException(
          "the other side was too slow: a message may take " + limit.toMillis() + " ms");
    }
    key.interestOps(operation);
    selector.select(left);
    selector.selectedKeys().clear();
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      selector.close();
    }
  }
}
