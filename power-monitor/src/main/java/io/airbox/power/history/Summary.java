package io.airbox.power.history;

/**
 * What is left of some values.
 *
 * @param count how many they were, at least 1
 */
public record Summary(double least, double mean, double most, long count) {
  public Summary {
    if (!(least <= mean && mean <= most) || count < 1) {
      throw new IllegalArgumentException(
          least + " ≤ " + mean + " ≤ " + most + " of " + count + " values does not hold");
    }
  }

  /** Of one value. */
  public static Summary of(double value) {
    return new Summary(value, value, value, 1);
  }

  /** Of these values and others. */
  public Summary and(Summary other) {
    long all = count + other.count;
    double lower = Math.min(least, other.least);
    double upper = Math.max(most, other.most);
    double middle = mean + (other.mean - mean) * ((double) other.count / all);
    // rounding may carry a mean of equal values past them
    return new Summary(lower, Math.min(upper, Math.max(lower, middle)), upper, all);
  }
}
