package io.airbox.flasher.console;

import java.util.Locale;

/** What sits between USB and the serial line, the most likely one of an AirBox first. */
public enum Bridge {
  CP210X("CP210x, as behind the debug port of an AirBox", true),
  CH340("CH340", true),
  FTDI("FTDI", true),
  CDC_ACM("USB modem or serial device", true),
  OTHER_USB("USB device", false),
  /** A port of the machine itself; on a box its own console. */
  BUILT_IN("port of this machine", false);

  private static final int SILICON_LABS = 0x10C4;
  private static final int WCH = 0x1A86;
  private static final int FUTURE_TECHNOLOGY = 0x0403;

  private final String text;
  private final boolean likely;

  Bridge(String text, boolean likely) {
    this.text = text;
    this.likely = likely;
  }

  /** For people. */
  public String text() {
    return text;
  }

  /** Whether a box may be behind it. */
  public boolean likely() {
    return likely;
  }

  /**
   * By the device's numbers.
   *
   * @param vendor USB vendor; not above 0 when there is none
   * @param product USB product
   * @param path of the port
   */
  static Bridge of(int vendor, int product, String path) {
    String name = path.toLowerCase(Locale.ROOT);
    if (vendor <= 0) {
      return name.contains("ttyusb") || name.contains("usbserial") ? OTHER_USB : BUILT_IN;
    }
    return switch (vendor) {
      case SILICON_LABS -> product == 0xEA60 ? CP210X : OTHER_USB;
      case WCH -> product == 0x7523 || product == 0x5523 ? CH340 : OTHER_USB;
      case FUTURE_TECHNOLOGY ->
          product == 0x6001 || product == 0x6014 || product == 0x6015 ? FTDI : OTHER_USB;
      default -> name.contains("ttyacm") || name.contains("usbmodem") ? CDC_ACM : OTHER_USB;
    };
  }
}
