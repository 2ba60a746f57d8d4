package io.airbox.daemon.pictures;

import java.nio.file.Path;

/** Another process works on the same DATA folder. */
public final class DataLockedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long pid;

  DataLockedException(Path data, long pid, String message) {
    super(data + ": " + message);
    this.pid = pid;
  }

  /** The holder's process id, or −1 when it is not known. */
  public long pid() {
    return pid;
  }
}
