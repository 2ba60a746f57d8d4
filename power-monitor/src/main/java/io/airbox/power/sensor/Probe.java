package io.airbox.power.sensor;

import java.time.Duration;
import java.util.List;

/** Reads the files of one part of the machine. One thread at a time calls it. */
public interface Probe {
  /** For threads and reasons, as {@code thermal}. */
  String name();

  /**
   * How long the files are left alone between two reads; what is told is good for about as long.
   */
  Duration period();

  /** What every machine that has this part tells, without values; the rest is told once found. */
  default List<Measurement> expected() {
    return List.of();
  }

  /** Reads them. May block for as long as a file does; never throws for what a file says. */
  Findings read();
}
