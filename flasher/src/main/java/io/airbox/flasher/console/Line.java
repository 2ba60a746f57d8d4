package io.airbox.flasher.console;

/** An open serial line, 115200 baud, 8N1, without flow control. It belongs to one thread. */
public interface Line extends AutoCloseable {
  /** What was opened. */
  Port port();

  /**
   * Reads what has come; waits up to a fifth of a second for it.
   *
   * @return number of bytes; 0 when none came; -1 when the port is gone, for good
   */
  int read(byte[] buffer);

  /**
   * Sends bytes.
   *
   * @return whether all of them were taken
   */
  boolean write(byte[] bytes);

  /** Gives the port back. It may be called twice. */
  @Override
  void close();
}
