package io.airbox.netplan.staging;

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
}
