package io.airbox.power.sensor;

/**
 * How long the box has had power, of a counter of seconds with 16 bits. The system cannot have run
 * longer than the box had power, which tells how often the counter has gone round at the least; a
 * box that waited for more than one round before its system started has had power for longer than
 * told.
 */
final class ControllerUptime {
  /** The counter goes from one less to 0. */
  static final int WRAP = 1 << 16;

  /** Both clocks count for themselves and are read one after the other. */
  private static final double TOLERANCE = 60;

  private long rounds;
  private int last;

  /**
   * Seconds with power.
   *
   * @param counter 0…65535
   * @param systemSeconds how long the system has run
   */
  long since(int counter, double systemSeconds) {
    if (counter < last) {
      // by less than half a round: it was not the end of one, the controller has started anew
      rounds = last - counter > WRAP / 2 ? rounds + 1 : 0;
    }
    last = counter;
    long least = (long) Math.ceil((systemSeconds - TOLERANCE - counter) / WRAP);
    rounds = Math.max(least, rounds);
    return rounds * WRAP + counter;
  }
}
