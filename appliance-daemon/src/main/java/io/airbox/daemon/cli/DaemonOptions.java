package io.airbox.daemon.cli;

import io.airbox.daemon.Places;
import io.airbox.daemon.config.DaemonConfig;
import io.airbox.daemon.tls.Fingerprint;
import java.util.Map;
import picocli.CommandLine.Mixin;

/** Options of the verbs that only a daemon can do. */
final class DaemonOptions {
  @Mixin private DataOptions data;
  @Mixin private ConnectionOptions connection;

  DaemonOptions() {
    data = new DataOptions();
    connection = new ConnectionOptions();
  }

  /** A box elsewhere was named. */
  boolean elsewhere() {
    return connection.elsewhere();
  }

  /**
   * Connects.
   *
   * @throws CommandFailure no daemon is there, or it does not let us in
   */
  DaemonClient connect(Output output) {
    return connection
        .connect(output.command(), () -> settings(output))
        .orElseThrow(
            () ->
                new CommandFailure(
                    ExitCodes.UNREACHABLE,
                    "no daemon works on "
                        + Places.of(settings(output).storage()).data()
                        + "; start it with `airbox run`, or name one elsewhere with --host URL"));
  }

  /**
   * Connects to the same box under another of its addresses, as the same person.
   *
   * @param key the box's public key, by which it is known again
   * @throws CommandFailure it does not answer there, or somebody else does
   */
  DaemonClient at(Output output, String url, Fingerprint key) {
    return connection.at(output.command(), url, key);
  }

  /** Follows a box elsewhere to another key, see {@link ConnectionOptions#follow}. */
  void follow(Output output, Fingerprint key) {
    connection.follow(output.command(), key);
  }

  private DaemonConfig settings(Output output) {
    return data.load(output.command(), Map.of());
  }
}
