package io.airbox.ota.store;

/**
 * Which files of a pack may go to make room for its next release. Signed text and source stay, so
 * that they can be fetched again. In rising order; each allows those before it.
 */
public enum Sacrifice {
  /** None. */
  NOTHING,
  /** Those of the slot {@code previous}: until the new release is proven, there is no way back. */
  PREVIOUS,
  /** Those of both slots: until the new release is there, the pack is not. */
  CURRENT
}
