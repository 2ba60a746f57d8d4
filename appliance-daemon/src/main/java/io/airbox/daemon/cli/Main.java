package io.airbox.daemon.cli;

/** Entry point of the daemon and of the command line: exit codes only. */
public final class Main {
  private Main() {}

  /** Runs {@code airbox ARGUMENTS} and ends the process with its exit code. */
  public static void main(String... arguments) {
    System.exit(AirBoxCommand.execute(arguments));
  }
}
