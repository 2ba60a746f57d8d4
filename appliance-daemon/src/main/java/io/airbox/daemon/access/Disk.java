package io.airbox.daemon.access;

import java.io.IOException;
import java.nio.file.Path;

/** How a file of state is put in the place of the one before it. */
@FunctionalInterface
interface Disk {
  /** See {@link io.airbox.daemon.storage.DurableFiles#replace}. */
  void replace(Path file, byte[] content) throws IOException;
}
