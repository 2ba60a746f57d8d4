package io.airbox.daemon.cli;

/** What the process says by its exit status. */
public final class ExitCodes {
  /** Done. */
  public static final int DONE = 0;

  /** It was tried and failed. */
  public static final int FAILED = 1;

  /** The command line is wrong. */
  public static final int USAGE = 2;

  /** The settings are wrong. */
  public static final int CONFIGURATION = 3;

  /** Another process works on the same data. */
  public static final int DATA_LOCKED = 4;

  /** The daemon cannot be reached. */
  public static final int UNREACHABLE = 5;

  /** The queue is full or a limit is used up; later it may work. */
  public static final int BUSY = 6;

  /** Whoever asks may not do that: no credential, a wrong one, or too low a role. */
  public static final int NOT_ALLOWED = 7;

  /** The box's identity is unknown, or is not the one that was remembered. */
  public static final int UNKNOWN_BOX = 8;

  /** A flash came to its end, but not every write of it was seen, or there was no plan. */
  public static final int UNPROVEN = 9;

  /** There is no flash in what was read. */
  public static final int NO_FLASH = 10;

  private ExitCodes() {}
}
