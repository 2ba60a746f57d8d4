package io.airbox.hwtests.linux;

/**
 * How a command ended.
 *
 * @param command the command, for messages
 * @param status its exit status; 0 is success
 * @param output what it wrote to its standard output, lines ending with a line feed
 * @param errors what it wrote to its standard error; on a console both are in {@code output}
 */
public record CommandResult(String command, int status, String output, String errors) {
  /**
   * The output of a command that had to succeed.
   *
   * @throws AssertionError with everything it wrote, if its status is not 0
   */
  public String orThrow() {
    if (status != 0) {
      throw new AssertionError(
          "'" + command + "' ended with status " + status + ":\n" + output + errors);
    }
    return output;
  }
}
