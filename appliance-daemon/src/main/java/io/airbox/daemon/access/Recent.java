package io.airbox.daemon.access;

import java.util.LinkedHashMap;
import java.util.Map;

/** A map of those entries that were used last; it forgets the others. Not thread-safe. */
final class Recent<V> extends LinkedHashMap<String, V> {
  private static final long serialVersionUID = 1L;

  private final int most;

  Recent(int most) {
    super(16, 0.75f, true);
    this.most = most;
  }

  @Override
  protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
    return size() > most;
  }
}
