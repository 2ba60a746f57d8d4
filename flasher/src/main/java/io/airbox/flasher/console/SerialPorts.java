package io.airbox.flasher.console;

import io.airbox.flasher.FlashException;
import java.util.List;
import java.util.Optional;

/** The serial ports of a machine. */
public interface SerialPorts {
  /** Those of this machine. */
  static SerialPorts ofThisMachine() {
    return new MachinePorts();
  }

  /**
   * The ports that are there, the most likely one of a box first. Ports that the system does not
   * list, as pseudo-terminals, can be opened all the same.
   *
   * @throws FlashException {@code PORT_UNUSABLE}
   */
  List<Port> list();

  /**
   * Opens a port for this program alone.
   *
   * @param path as {@link Port#path()}, or a link to it
   * @throws FlashException with one of the reasons of ports
   */
  Line open(String path);

  /**
   * Opens a device again that was lost, wherever it is now.
   *
   * @return empty while it is not there, or cannot be opened yet
   */
  default Optional<Line> reopen(String path, Port device) {
    Optional<Port> now = device.vendor() > 0 ? device.among(list()) : Optional.empty();
    if (device.vendor() > 0 && now.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(open(now.map(Port::path).orElse(path)));
    } catch (FlashException e) {
      // it is just coming, its rights are not set yet, or somebody else was quicker
      return Optional.empty();
    }
  }

  /**
   * The port of the only box that can be meant.
   *
   * @throws FlashException {@code PORT_NOT_FOUND} when there is none, or more than one
   */
  default Port only() {
    List<Port> likely = list().stream().filter(Port::likely).toList();
    if (likely.size() == 1) {
      return likely.get(0);
    }
    if (likely.isEmpty()) {
      throw new FlashException(
          FlashException.Reason.PORT_NOT_FOUND,
          "no USB serial port is there: plug the box's debug port in with a cable that carries"
              + " data; `airbox flash ports` shows what is seen and what may be in the way");
    }
    throw new FlashException(
        FlashException.Reason.PORT_NOT_FOUND,
        "several boxes can be meant: "
            + String.join(", ", likely.stream().map(Port::path).toList())
            + "; choose one with --port");
  }
}
