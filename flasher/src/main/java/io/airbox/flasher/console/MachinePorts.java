package io.airbox.flasher.console;

import com.fazecast.jSerialComm.SerialPort;
import com.fazecast.jSerialComm.SerialPortInvalidPortException;
import io.airbox.flasher.FlashException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Ports by jSerialComm 2.11. */
final class MachinePorts implements SerialPorts {
  /** errno(3) of Linux and macOS: ENOENT, ENXIO; EACCES; EBUSY, and EAGAIN of either. */
  private static final int MISSING = 2;

  private static final int NO_DEVICE = 6;
  private static final int FORBIDDEN = 13;

  private static final int BUSY = 16;
  private static final int LOCKED_LINUX = 11;
  private static final int LOCKED_MACOS = 35;

  @Override
  public List<Port> list() {
    return Arrays.stream(library(SerialPort::getCommPorts))
        .map(MachinePorts::describe)
        // the twin that waits for a carrier
        .filter(port -> !port.path().startsWith("/dev/tty."))
        .sorted(Comparator.comparing(Port::bridge).thenComparing(Port::path))
        .toList();
  }

  private static Port describe(SerialPort port) {
    String path = path(port);
    return new Port(
        path,
        text(port.getDescriptivePortName()),
        Bridge.of(port.getVendorID(), port.getProductID(), path),
        port.getVendorID() > 0 ? port.getVendorID() : -1,
        port.getVendorID() > 0 ? port.getProductID() : -1,
        known(port.getSerialNumber()),
        known(port.getPortLocation()));
  }

  private static String path(SerialPort port) {
    // \\.\COM3 is COM3 to everybody else
    return port.getSystemPortPath().replace("\\\\.\\", "");
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static String known(@Nullable String text) {
    return text == null || text.equals("Unknown") || text.startsWith("0-0") ? "" : text;
  }

  @Override
  public Line open(String path) {
    SerialPort port = find(path);
    Optional<String> owner = PortOwner.of(path);
    if (owner.isPresent()) {
      throw busy(path, owner.get());
    }
    library(
        () ->
            port.setComPortParameters(115200, 8, SerialPort.ONE_STOP_BIT, SerialPort.NO_PARITY)
                && port.setFlowControl(SerialPort.FLOW_CONTROL_DISABLED)
                && port.setComPortTimeouts(
                    SerialPort.TIMEOUT_READ_SEMI_BLOCKING, MachineLine.PATIENCE_MILLIS, 0));
    // the last error code says nothing when it succeeds: a pseudo-terminal has no modem lines
    if (!port.openPort(0)) {
      throw refused(path, port.getLastErrorCode());
    }
    Port device =
        list().stream()
            .filter(each -> each.path().equals(path(port)))
            .findFirst()
            .orElseGet(() -> Port.at(path));
    return new MachineLine(port, device);
  }

  private static SerialPort find(String path) {
    // jSerialComm takes /somewhere/tty for /dev/tty where there is no such file
    if (path.isBlank() || (path.startsWith("/") && !Files.exists(Path.of(path)))) {
      throw missing(path, null);
    }
    try {
      return library(() -> SerialPort.getCommPort(path));
    } catch (SerialPortInvalidPortException e) {
      throw missing(path, e);
    }
  }

  private static FlashException missing(String path, @Nullable Throwable cause) {
    return new FlashException(
        FlashException.Reason.PORT_NOT_FOUND,
        "there is no serial port \""
            + path
            + "\"; plug the box's debug port in, or see `airbox flash ports`",
        cause);
  }

  private static FlashException refused(String path, int error) {
    boolean posix = File.separatorChar == '/';
    if (posix && (error == MISSING || error == NO_DEVICE)) {
      return missing(path, null);
    }
    if (posix && error == FORBIDDEN) {
      return new FlashException(
          FlashException.Reason.PORT_FORBIDDEN,
          "this user may not open " + path + ": " + HostTrap.joinGroup(Path.of(path)));
    }
    if (posix && (error == BUSY || error == LOCKED_LINUX || error == LOCKED_MACOS)) {
      return busy(path, "another program");
    }
    String hint =
        posix
            ? " (error " + error + "): it is no serial port; see `airbox flash ports`"
            : " (error " + error + "): close other programs on it, and check its driver";
    return new FlashException(
        posix ? FlashException.Reason.PORT_UNUSABLE : FlashException.Reason.PORT_BUSY,
        path + " cannot be opened" + hint);
  }

  private static FlashException busy(String path, String owner) {
    return new FlashException(
        FlashException.Reason.PORT_BUSY,
        path + " is in use by " + owner + ": close it, for two readers take each other's bytes");
  }

  private interface Call<T> {
    T make();
  }

  /** The first call loads the native library. */
  private static <T> T library(Call<T> call) {
    try {
      return call.make();
    } catch (LinkageError e) {
      throw new FlashException(
          FlashException.Reason.PORT_UNUSABLE,
          String.format(
              Locale.ROOT,
              "serial ports do not work here: their native library cannot be loaded (%s %s, %s);"
                  + " if %s is mounted noexec, name another folder with"
                  + " AIRBOX_JAVA_OPTS=-Djava.io.tmpdir=DIR",
              System.getProperty("os.name"),
              System.getProperty("os.arch"),
              e.getMessage(),
              System.getProperty("java.io.tmpdir")),
          e);
    }
  }

  /** Where a path leads; itself when it is no file. */
  static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return path;
    }
  }
}
