package io.airbox.flasher.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbox.flasher.FlashException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PortTest {
  private static final Port BOX = usb("/dev/ttyUSB0", "0001", "1-4.2");

  private static Port usb(String path, String serialNumber, String location) {
    return new Port(path, "CP2102", Bridge.CP210X, 0x10C4, 0xEA60, serialNumber, location);
  }

  /** A machine with these ports, none of which can be opened. */
  private static SerialPorts machine(Port... ports) {
    return new SerialPorts() {
      @Override
      public List<Port> list() {
        return List.of(ports);
      }

      @Override
      public Line open(String path) {
        throw new FlashException(FlashException.Reason.PORT_BUSY, path);
      }
    };
  }

  @ParameterizedTest
  @CsvSource({
    "0x10C4, 0xEA60, /dev/ttyUSB0,              CP210X",
    "0x1A86, 0x7523, COM3,                      CH340",
    "0x1A86, 0x5523, /dev/cu.wchusbserial110,   CH340",
    "0x0403, 0x6001, /dev/ttyUSB1,              FTDI",
    "0x0403, 0x6014, /dev/ttyUSB1,              FTDI",
    "0x0403, 0x6015, /dev/ttyUSB1,              FTDI",
    "0x0403, 0x1234, /dev/ttyUSB1,              OTHER_USB",
    "0x2341, 0x0043, /dev/ttyACM0,              CDC_ACM",
    "0x2341, 0x0043, /dev/cu.usbmodem101,       CDC_ACM",
    "0x2C7C, 0x0125, /dev/ttyUSB2,              OTHER_USB",
    "-1,     -1,     /dev/ttyS0,                BUILT_IN",
    "-1,     -1,     /dev/cu.usbserial-0001,    OTHER_USB",
    "-1,     -1,     COM1,                      BUILT_IN"
  })
  void aBridgeIsKnownByItsNumbers(String vendor, String product, String path, Bridge bridge) {
    assertThat(Bridge.of(Integer.decode(vendor), Integer.decode(product), path)).isEqualTo(bridge);
  }

  @Test
  void aDeviceThatReturnsIsFoundUnderItsNewName() {
    Port moved = usb("/dev/ttyUSB1", "0001", "1-4.2");
    Port twin = usb("/dev/ttyUSB0", "0001", "1-4.3");
    Port other = new Port("/dev/ttyUSB0", "", Bridge.CH340, 0x1A86, 0x7523, "", "1-4.2");
    assertThat(BOX.among(List.of(other, twin, moved))).contains(moved);
    assertThat(BOX.among(List.of(other, twin))).as("plugged in elsewhere").contains(twin);
    assertThat(BOX.among(List.of(twin, usb("/dev/ttyUSB1", "0001", "1-4.4"))))
        .as("either could be it")
        .isEmpty();
    assertThat(BOX.among(List.of(other))).isEmpty();
  }

  @Test
  void aDeviceThatIsNotThereOrNotReadyYetIsNotOpened() {
    assertThat(machine().reopen(BOX.path(), BOX)).isEmpty();
    assertThat(machine(BOX).reopen(BOX.path(), BOX)).isEmpty();
  }

  @Test
  void theOnlyPortThatABoxMayBeBehindIsTaken() {
    Port console = Port.at("/dev/ttyS0");
    assertThat(machine(BOX, console).only()).isEqualTo(BOX);
    assertThatThrownBy(() -> machine(console).only()).hasMessageContaining("plug the box's debug");
    assertThatThrownBy(() -> machine(BOX, usb("/dev/ttyUSB1", "0001", "1-2")).only())
        .hasMessageContaining("/dev/ttyUSB0, /dev/ttyUSB1; choose one with --port");
  }
}
