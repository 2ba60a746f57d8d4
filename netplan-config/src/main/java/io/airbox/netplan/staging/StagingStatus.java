package io.airbox.netplan.staging;

import io.airbox.netplan.staging.StagingException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What became of the last change, as {@code /usr/libexec/airbox-network} has written it.
 *
 * @param transaction which change; empty when none has been since the machine was installed
 * @param state how far it is
 * @param reason why, in words; empty when there is nothing to say
 */
public record StagingStatus(String transaction, State state, String reason) {
  /** Nothing has ever been staged. */
  public static final StagingStatus NONE = new StagingStatus("", State.NONE, "");

  /** How far a change is. */
  public enum State {
    /** There was none. */
    NONE,
    /** Its settings are on their way up. */
    APPLYING,
    /** Its settings are in effect, and go again unless they are committed. */
    APPLIED,
    /** Its settings are kept. */
    COMMITTED,
    /** The former settings are on their way up. */
    REVERTING,
    /** The former settings are back. */
    REVERTED,
    /** The former files count again, but the links are not as they say. */
    REVERT_FAILED
  }

  /**
   * Reads the file {@code /run/airbox-network/status}: state, transaction and reason, a line each.
   *
   * @throws StagingException it cannot be read, or is something else
   */
  public static StagingStatus read(Path file) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      return NONE;
    } catch (IOException e) {
      throw new StagingException(Reason.FAILED, "cannot read " + file + ": " + e, e);
    }
    if (lines.size() >= 2) {
      String name = lines.get(0).replace('-', '_').toUpperCase(Locale.ROOT);
      for (State known : State.values()) {
        if (known.name().equals(name)) {
          return new StagingStatus(
              lines.get(1), known, String.join(" ", lines.subList(2, lines.size())));
        }
      }
    }
    throw new StagingException(Reason.FAILED, file + " tells no state of a network change", null);
  }
}
