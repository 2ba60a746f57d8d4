package io.airbox.daemon.cli;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;

/** Whose packs are meant: those of a daemon, else those of this machine's folders. */
final class ModelDeskOptions {
  @Mixin private StorageOptions storage = new StorageOptions();
  @Mixin private ConnectionOptions connection = new ConnectionOptions();

  /** Whether a box elsewhere was named, which cannot read this machine's files. */
  boolean elsewhere() {
    return connection.elsewhere();
  }

  /**
   * Connects to the daemon, or takes the lock on DATA.
   *
   * @throws CommandFailure the daemon cannot be reached
   */
  ModelDesk open(Output output) throws IOException {
    Optional<DaemonClient> client =
        connection.connect(output.command(), () -> storage.load(output.command(), Map.of()));
    return client.isPresent()
        ? new DaemonModels(client.get())
        : LocalModels.open(storage.load(output.command(), Map.of()));
  }
}
