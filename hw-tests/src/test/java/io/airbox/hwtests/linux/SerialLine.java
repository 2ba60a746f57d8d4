package io.airbox.hwtests.linux;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The cable at the box's debug port. It stays when the box loses power: at its near end are a log
 * of everything that was ever said, the test's {@link Console}, and a pseudo-terminal for programs
 * that want a serial port.
 */
final class SerialLine implements AutoCloseable {
  private static final int BUFFER = 8192;

  private final OutputStream log;
  private final PseudoTerminal terminal = new PseudoTerminal();
  private final Console console = new Console(this::write);
  private final Thread typist = new Thread(this::passOnTyping, "serial-typing");
  private volatile @Nullable SocketChannel uart;
  private @Nullable Thread listener;
  private volatile boolean closed;

  SerialLine(Path logFile) throws IOException {
    log = Files.newOutputStream(logFile, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    typist.setDaemon(true);
    typist.start();
  }

  Console console() {
    return console;
  }

  /** The pseudo-terminal's path. */
  Path port() {
    return terminal.path();
  }

  /** The box has power; this is its UART. */
  void attach(SocketChannel channel) {
    uart = channel;
    console.connect();
    Thread thread = new Thread(() -> listen(channel), "serial-line");
    thread.setDaemon(true);
    thread.start();
    listener = thread;
  }

  /** The box has lost power. */
  void detach(String reason) {
    SocketChannel channel = uart;
    Thread thread = listener;
    uart = null;
    try {
      if (channel != null) {
        channel.close();
      }
      if (thread != null) {
        thread.join();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    console.hangUp(reason);
  }

  @Override
  public void close() throws IOException {
    closed = true;
    detach("closed");
    try {
      typist.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    terminal.close();
    log.close();
  }

  private void write(byte[] bytes) throws IOException {
    SocketChannel channel = uart;
    // without power the bytes fall on the floor, as on a real line
    if (channel != null) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    }
  }

  private void listen(SocketChannel channel) {
    byte[] bytes = new byte[BUFFER];
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    try {
      while (true) {
        int length = channel.read(buffer.clear());
        if (length < 0) {
          break;
        }
        log.write(bytes, 0, length);
        terminal.write(bytes, length);
        console.receive(bytes, length);
      }
    } catch (IOException e) {
      // closed by us, or reset since QEMU was killed
    }
    if (uart == channel) {
      console.hangUp("the machine has ended");
    }
  }

  private void passOnTyping() {
    byte[] bytes = new byte[BUFFER];
    try {
      while (!closed) {
        int length = terminal.read(bytes);
        if (length > 0) {
          byte[] typed = new byte[length];
          System.arraycopy(bytes, 0, typed, 0, length);
          write(typed);
        }
      }
    } catch (IOException e) {
      console.hangUp("the pseudo-terminal failed: " + e.getMessage());
    }
  }
}
