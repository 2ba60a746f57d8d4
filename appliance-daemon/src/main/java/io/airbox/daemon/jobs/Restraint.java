package io.airbox.daemon.jobs;

/**
 * What keeps a queue from working as fast as it could.
 *
 * @param kind for programs, as {@code hot}
 * @param running how many jobs may run at once; the others wait
 * @param places how many may wait, of the queue's own places
 * @param reason a sentence for whoever waits
 */
public record Restraint(String kind, int running, int places, String reason) {
  /** None. */
  public static final Restraint NONE = new Restraint("", Integer.MAX_VALUE, Integer.MAX_VALUE, "");

  /** Whether it is one. */
  public boolean holds() {
    return !kind.isEmpty();
  }
}
