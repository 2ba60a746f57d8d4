package io.airbox.flasher.console;

import java.util.List;
import java.util.Optional;

/**
 * A serial port.
 *
 * @param path what to open: {@code /dev/ttyUSB0}, {@code /dev/cu.usbserial-0001}, {@code COM3}
 * @param description what the system calls it
 * @param bridge what it is
 * @param vendor USB vendor; -1 when it is none
 * @param product USB product; -1 when it is none
 * @param serialNumber of the USB device; empty when it has none. Many CP2102 have the same
 * @param location of the USB device, as {@code 1-4.2}; empty when nobody knows
 */
public record Port(
    String path,
    String description,
    Bridge bridge,
    int vendor,
    int product,
    String serialNumber,
    String location) {
  /** A port of which the path alone is known, as that of a pseudo-terminal. */
  static Port at(String path) {
    return new Port(path, path, Bridge.BUILT_IN, -1, -1, "", "");
  }

  /** Whether a box may be behind it. */
  public boolean likely() {
    return bridge.likely();
  }

  /** Whether it is the same device, perhaps under another name: plugged in anew, it may get one. */
  private boolean sameDevice(Port other) {
    return vendor > 0
        && vendor == other.vendor
        && product == other.product
        && serialNumber.equals(other.serialNumber);
  }

  /**
   * Where this device is after it vanished and returned.
   *
   * @param ports those that are there now
   * @return the device at the same place; else the only one like it; empty when there is none, or
   *     when two could be it
   */
  Optional<Port> among(List<Port> ports) {
    List<Port> same = ports.stream().filter(this::sameDevice).toList();
    Optional<Port> here =
        same.stream()
            .filter(each -> !location.isEmpty() && each.location.equals(location))
            .findFirst();
    return here.isPresent() || same.size() != 1 ? here : same.stream().findFirst();
  }
}
