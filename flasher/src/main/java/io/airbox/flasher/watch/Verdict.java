package io.airbox.flasher.watch;

/** What became of a flash, by the writes that were seen. */
public enum Verdict {
  /**
   * Every write of the plan was seen, with its block, count, size and OK, in order, and the end.
   */
  VERIFIED("the flash is complete: every planned write was seen"),
  /** The end was seen and nothing against it, but not every write, or there was no plan. */
  COMPLETED("the flash came to its end, but not everything of it was seen"),
  /** Something went wrong; what is on the eMMC cannot be relied on. */
  FAILED("the flash failed"),
  /** A flash began and its end was not seen. */
  INCOMPLETE("the flash is not complete"),
  /** The box was started and no flash began. */
  NOT_STARTED("no flash began"),
  /** The box booted from its eMMC; no flash was seen. */
  BOOTED("the box booted from its eMMC; there was no flash"),
  /** Nothing was recognised. */
  UNKNOWN("nothing of a box was recognised");

  private final String text;

  Verdict(String text) {
    this.text = text;
  }

  /** For people. */
  public String text() {
    return text;
  }
}
