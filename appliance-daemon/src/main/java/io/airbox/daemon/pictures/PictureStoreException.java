package io.airbox.daemon.pictures;

import org.jspecify.annotations.Nullable;

/** A picture could not be kept or read; the message names the file or folder. */
public final class PictureStoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why; a closed list. */
  public enum Reason {
    /** The file system is full or the quota is used up. */
    DISK_FULL,
    /** The file system failed otherwise. */
    STORAGE_FAULT,
    /** A kept picture or its metadata cannot be read. */
    CORRUPT
  }

  private final Reason reason;

  PictureStoreException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
