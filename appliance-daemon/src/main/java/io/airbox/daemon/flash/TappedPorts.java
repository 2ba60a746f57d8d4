package io.airbox.daemon.flash;

import io.airbox.flasher.console.Line;
import io.airbox.flasher.console.Port;
import io.airbox.flasher.console.SerialPorts;
import java.util.List;

/** Serial ports whose bytes are shown to somebody else too. */
record TappedPorts(SerialPorts ports, Tap tap) implements SerialPorts {
  /** Is shown what was read, on the thread that reads. */
  @FunctionalInterface
  interface Tap {
    void read(byte[] bytes, int length);
  }

  @Override
  public List<Port> list() {
    return ports.list();
  }

  @Override
  public Line open(String path) {
    return new TappedLine(ports.open(path), tap);
  }

  private record TappedLine(Line line, Tap tap) implements Line {
    @Override
    public Port port() {
      return line.port();
    }

    @Override
    public int read(byte[] buffer) {
      int count = line.read(buffer);
      if (count > 0) {
        tap.read(buffer, count);
      }
      return count;
    }

    @Override
    public boolean write(byte[] bytes) {
      return line.write(bytes);
    }

    @Override
    public void close() {
      line.close();
    }
  }
}
