package io.airbox.power;

/** What a value counts. Base units only: 0.25, not 25 %. */
public enum Unit {
  CELSIUS("celsius", "°C"),
  WATTS("watts", "W"),
  JOULES("joules", "J"),
  VOLTS("volts", "V"),
  AMPERES("amperes", "A"),
  HERTZ("hertz", "Hz"),
  /** Revolutions per minute. */
  RPM("rpm", "rpm"),
  /** A share, 0…1. */
  RATIO("ratio", ""),
  BYTES("bytes", "B"),
  BYTES_PER_SECOND("bytes_per_second", "B/s"),
  SECONDS("seconds", "s"),
  /** How many, or which step of a ladder. */
  COUNT("count", "");

  private final String id;
  private final String symbol;

  Unit(String id, String symbol) {
    this.id = id;
    this.symbol = symbol;
  }

  /** As machines name it. */
  public String id() {
    return id;
  }

  /** As people write it behind a number; empty for bare numbers. */
  public String symbol() {
    return symbol;
  }
}
