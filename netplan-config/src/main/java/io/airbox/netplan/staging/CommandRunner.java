package io.airbox.netplan.staging;

import java.io.IOException;
import java.util.List;

/** Runs the programs that a check needs. */
@FunctionalInterface
public interface CommandRunner {
  /**
   * How a program ended.
   *
   * @param status its exit status
   * @param output what it printed, on either stream
   */
  record Ended(int status, String output) {}

  /**
   * Runs {@code netplan} with these arguments, to its end.
   *
   * @throws IOException it does not start, or had to be killed
   */
  Ended netplan(List<String> arguments) throws IOException, InterruptedException;
}
