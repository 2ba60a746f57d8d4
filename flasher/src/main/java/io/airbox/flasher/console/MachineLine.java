package io.airbox.flasher.console;

import com.fazecast.jSerialComm.SerialPort;

/** A port that jSerialComm opened. */
final class MachineLine implements Line {
  /** Linux counts in tenths of a second. */
  static final int PATIENCE_MILLIS = 200;

  private final SerialPort serial;
  private final Port port;
  private boolean gone;

  MachineLine(SerialPort serial, Port port) {
    this.serial = serial;
    this.port = port;
  }

  @Override
  public Port port() {
    return port;
  }

  @Override
  public int read(byte[] buffer) {
    if (gone) {
      return -1;
    }
    int count = serial.readBytes(buffer, buffer.length);
    // isOpen() stays true when the device was unplugged
    gone = count < 0;
    return Math.max(-1, count);
  }

  @Override
  public boolean write(byte[] bytes) {
    return !gone && serial.writeBytes(bytes, bytes.length) == bytes.length;
  }

  @Override
  public void close() {
    gone = true;
    serial.closePort();
  }
}
