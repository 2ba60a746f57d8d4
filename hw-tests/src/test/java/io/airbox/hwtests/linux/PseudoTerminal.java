package io.airbox.hwtests.linux;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A pseudo-terminal pair in raw mode: programs open its {@link #path}, we are the device behind it.
 *
 * <p>It behaves as a serial port does: what nobody reads is lost once the kernel's buffer (4 KiB)
 * is full, and it stays when the programs at its other side come and go.
 */
public final class PseudoTerminal implements AutoCloseable {
  /**
   * The C library's calls, by their own names (termios(3), pts(4), poll(2); numbers are Linux's).
   */
  private interface CLibrary extends Library {
    CLibrary C = Native.load("c", CLibrary.class);

    int O_RDWR = 2;
    int O_NOCTTY = 0x100;
    int O_NONBLOCK = 0x800;
    int O_CLOEXEC = 0x80000;
    int EIO = 5;
    int EAGAIN = 11;
    short POLLIN = 1;
    int TCSANOW = 0;
    int SIZEOF_TERMIOS = 60;

    int posix_openpt(int flags) throws LastErrorException;

    int grantpt(int fd) throws LastErrorException;

    int unlockpt(int fd) throws LastErrorException;

    int ptsname_r(int fd, byte[] name, long length);

    int open(String path, int flags) throws LastErrorException;

    int close(int fd);

    long read(int fd, byte[] buffer, long count) throws LastErrorException;

    long write(int fd, byte[] buffer, long count) throws LastErrorException;

    int poll(Pointer fds, long count, int timeoutMillis) throws LastErrorException;

    int tcgetattr(int fd, Pointer termios) throws LastErrorException;

    int tcsetattr(int fd, int when, Pointer termios) throws LastErrorException;

    void cfmakeraw(Pointer termios);
  }

  private static final int POLL_MILLIS = 200;

  private final int device;
  private final int kept;
  private final Path path;
  private final Memory poll = new Memory(8);

  /** Makes a pair. */
  public PseudoTerminal() {
    CLibrary c = CLibrary.C;
    device =
        c.posix_openpt(
            CLibrary.O_RDWR | CLibrary.O_NOCTTY | CLibrary.O_NONBLOCK | CLibrary.O_CLOEXEC);
    c.grantpt(device);
    c.unlockpt(device);
    byte[] name = new byte[64];
    c.ptsname_r(device, name, name.length);
    path = Path.of(Native.toString(name));
    // kept open, so that the pair does not hang up when the last program closes it
    kept = c.open(path.toString(), CLibrary.O_RDWR | CLibrary.O_NOCTTY | CLibrary.O_CLOEXEC);
    try (Memory termios = new Memory(CLibrary.SIZEOF_TERMIOS)) {
      c.tcgetattr(kept, termios);
      c.cfmakeraw(termios);
      c.tcsetattr(kept, CLibrary.TCSANOW, termios);
    }
  }

  /** The device that programs open. */
  public Path path() {
    return path;
  }

  /** Passes on what programs wrote; 0 when they wrote nothing for a while. */
  public int read(byte[] buffer) throws IOException {
    poll.setInt(0, device);
    poll.setShort(4, CLibrary.POLLIN);
    poll.setShort(6, (short) 0);
    try {
      return CLibrary.C.poll(poll, 1, POLL_MILLIS) == 0
          ? 0
          : (int) CLibrary.C.read(device, buffer, buffer.length);
    } catch (LastErrorException e) {
      return lost(e, "read");
    }
  }

  /**
   * Gives programs these bytes; as many as they have room for, the rest is lost.
   *
   * @return how many they had room for
   */
  public int write(byte[] bytes, int length) throws IOException {
    try {
      return (int) CLibrary.C.write(device, bytes, length);
    } catch (LastErrorException e) {
      return lost(e, "write");
    }
  }

  @Override
  public void close() {
    CLibrary.C.close(kept);
    CLibrary.C.close(device);
  }

  private int lost(LastErrorException error, String call) throws IOException {
    if (error.getErrorCode() == CLibrary.EAGAIN || error.getErrorCode() == CLibrary.EIO) {
      return 0;
    }
    throw new IOException(call + "(" + path + "): error " + error.getErrorCode(), error);
  }
}
