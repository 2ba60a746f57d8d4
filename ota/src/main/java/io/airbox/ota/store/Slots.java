package io.airbox.ota.store;

import io.airbox.ota.release.Taken;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The state of one pack; the file that it is in decides, and links follow it.
 *
 * @param spec {@value #SPEC}
 * @param current what answers
 * @param previous what answered before, to go back to
 * @param taken the newest release that this box has had; outlives the pack's removal
 */
record Slots(
    int spec, @Nullable Installed current, @Nullable Installed previous, @Nullable Taken taken) {
  static final int SPEC = 1;
  static final Slots EMPTY = new Slots(SPEC, null, null, null);

  Stream<Installed> all() {
    return Stream.of(current, previous).flatMap(Stream::ofNullable);
  }

  /** With a new current; what was current becomes previous, unless it is the same. */
  Slots with(Installed next, Taken mark) {
    boolean same = current != null && current.edition().equals(next.edition());
    return new Slots(SPEC, next, same ? previous : current, mark);
  }

  Slots swapped() {
    return new Slots(SPEC, previous, current, taken);
  }

  Slots without(Sacrifice sacrifice) {
    return new Slots(
        SPEC,
        current == null || sacrifice.compareTo(Sacrifice.CURRENT) < 0
            ? current
            : current.withoutFiles(),
        previous == null || sacrifice.compareTo(Sacrifice.PREVIOUS) < 0
            ? previous
            : previous.withoutFiles(),
        taken);
  }

  Slots emptied() {
    return new Slots(SPEC, null, null, taken);
  }
}
