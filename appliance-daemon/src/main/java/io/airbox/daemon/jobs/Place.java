package io.airbox.daemon.jobs;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A job's place: how many are before it, and when it will be done if that can be told. */
record Place(int position, @Nullable Duration eta) {
  static final Place NONE = new Place(0, null);
}
