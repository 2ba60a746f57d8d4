package io.airbox.ota.store;

import io.airbox.ota.document.StrictJson;
import io.airbox.ota.release.Taken;
import org.jspecify.annotations.Nullable;

/**
 * The installation under way: written before each step, so that whoever finds it goes on.
 *
 * @param spec {@value #SPEC}
 * @param pack the pack's name
 * @param next what is being installed
 * @param mark what to remember when it is
 * @param step what is being done
 * @param trials how often it was tried
 * @param sacrifice what goes to make room
 */
record Journal(
    int spec, String pack, Installed next, Taken mark, Step step, int trials, Sacrifice sacrifice) {
  static final int SPEC = 1;

  /** What is being done. */
  enum Step {
    /** Files are made room for and fetched. */
    FETCH,
    /** All files are here and the folder is whole. */
    STAGED,
    /** The engine tries it; found after a start, the box stopped meanwhile. */
    TRIAL,
    /** It was proven and becomes current. */
    COMMIT,
    /** It was called off; what was fetched stays. */
    CANCEL,
    /** It was tried and is no good; what was fetched goes. */
    REJECT;

    /** Whether it can only be finished. */
    boolean isEnd() {
      return compareTo(COMMIT) >= 0;
    }
  }

  Journal(
      int spec,
      @Nullable String pack,
      @Nullable Installed next,
      @Nullable Taken mark,
      @Nullable Step step,
      int trials,
      @Nullable Sacrifice sacrifice) {
    this.spec = spec;
    this.pack = StrictJson.required(pack, "/pack");
    this.next = StrictJson.required(next, "/next");
    this.mark = StrictJson.required(mark, "/mark");
    this.step = StrictJson.required(step, "/step");
    this.trials = trials;
    this.sacrifice = StrictJson.required(sacrifice, "/sacrifice");
  }

  Journal at(Step now) {
    return new Journal(spec, pack, next, mark, now, trials, sacrifice);
  }

  Journal tried() {
    return new Journal(spec, pack, next, mark, Step.TRIAL, trials + 1, sacrifice);
  }
}
