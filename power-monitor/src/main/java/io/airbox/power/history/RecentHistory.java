package io.airbox.power.history;

import io.airbox.power.Quality;
import io.airbox.power.Reading;
import io.airbox.power.Sample;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The last samples, in four bytes for each reading. Their times are told by the clock that does not
 * jump, back from the newest sample. Any thread may use it.
 */
public final class RecentHistory {
  /** Readings beyond it, in the order in which they first came, are not kept. */
  private static final int MOST_SERIES = 256;

  private final long[] nanos;
  private final Map<String, float[]> series = new LinkedHashMap<>();
  private Instant newest = Instant.EPOCH;
  private int size;
  private int next;

  /**
   * An empty one.
   *
   * @param samples how many it holds, at least 1; then each new one takes the oldest one's place
   */
  public RecentHistory(int samples) {
    if (samples < 1) {
      throw new IllegalArgumentException("samples must be 1 or more, not " + samples);
    }
    nanos = new long[samples];
  }

  /** Adds a sample, newer than those before. */
  public synchronized void add(Sample sample) {
    series.values().forEach(values -> values[next] = Float.NaN);
    for (Reading reading : sample.readings()) {
      if (reading.quality() == Quality.GOOD) {
        float[] values = series.get(reading.id());
        if (values == null && series.size() < MOST_SERIES) {
          values = new float[nanos.length];
          Arrays.fill(values, Float.NaN);
          series.put(reading.id(), values);
        }
        if (values != null) {
          values[next] = (float) reading.value().orElse(Float.NaN);
        }
      }
    }
    nanos[next] = sample.nanos();
    newest = sample.at();
    next = (next + 1) % nanos.length;
    size = Math.min(nanos.length, size + 1);
  }

  /** How far it goes back from the newest sample. */
  public synchronized Duration reach() {
    return size == 0
        ? Duration.ZERO
        : Duration.ofNanos(
            nanos[Math.floorMod(next - 1, nanos.length)]
                - nanos[Math.floorMod(next - size, nanos.length)]);
  }

  /** When the newest sample was, by the wall clock; 1970 while there is none. */
  public synchronized Instant newest() {
    return newest;
  }

  /** The ids that it knows. */
  public synchronized List<String> ids() {
    return List.copyOf(series.keySet());
  }

  /**
   * A reading over the last while, up to the newest sample.
   *
   * @param parts how many parts there may be, at least 1
   * @return those with values, the oldest first; empty for an unknown id
   */
  public synchronized List<Span> last(String id, Duration length, int parts) {
    float[] values = series.get(id);
    if (values == null) {
      return List.of();
    }
    List<Span.At> found = new ArrayList<>();
    int newestRow = Math.floorMod(next - 1, nanos.length);
    for (int i = 0; i < size; i++) {
      int row = Math.floorMod(next - size + i, nanos.length);
      if (!Float.isNaN(values[row])) {
        Instant at = newest.minusNanos(nanos[newestRow] - nanos[row]);
        found.add(new Span.At(at, Summary.of(values[row])));
      }
    }
    Instant end = newest.plusNanos(1);
    return Span.of(found, end.minus(length), end, parts);
  }
}
