package io.airbox.daemon.cli;

import io.airbox.daemon.Places;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine.Model.CommandSpec;

/**
 * What a command line finds around it.
 *
 * @param environment variables
 * @param terminal who may be asked
 * @param home the user's home folder, with the boxes that are known
 * @param runFolder folder with the sockets of the system's own daemon
 * @param clock for ages and deadlines
 * @param pauses between two looks of {@code --watch}
 */
record Surroundings(
    Map<String, String> environment,
    Terminal terminal,
    Path home,
    Path runFolder,
    InstantSource clock,
    Pauses pauses) {
  /** Those of this process. */
  static Surroundings ofThisProcess() {
    return new Surroundings(
        System.getenv(),
        new SystemTerminal(),
        Path.of(System.getProperty("user.home")),
        Objects.requireNonNull(Places.SYSTEM_SOCKET.getParent()),
        InstantSource.system(),
        Pauses.USUAL);
  }

  /** Those of the command line that a command belongs to. */
  static Surroundings of(CommandSpec command) {
    return ((AirBoxCommand) command.root().userObject()).surroundings();
  }
}
