package io.airbox.power.alarm;

/** Names processes that alarms are blamed on. */
public interface Suspects {
  /** Knows none. */
  Suspects UNKNOWN = (blame, nanos) -> "";

  /** Looks at the processes from time to time; called with each sample. */
  default void look(long nanos) {}

  /**
   * The process to blame, for people, as {@code java (pid 4242)}.
   *
   * @param nanos now, by the clock of the samples
   * @return empty when nobody knows
   */
  String name(Blame blame, long nanos);
}
