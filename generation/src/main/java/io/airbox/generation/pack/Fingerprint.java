package io.airbox.generation.pack;

import io.airbox.generation.image.Resampling;
import io.airbox.generation.image.RgbImage;
import java.util.Arrays;
import java.util.Base64;

/**
 * How a picture looks from far: its mean colours in 8 × 8 cells. Engines differ in the last bits of
 * a picture, so a self-test compares fingerprints, never pixels.
 */
public final class Fingerprint {
  /** Cells per side. */
  public static final int CELLS = 8;

  private static final int LENGTH = CELLS * CELLS * 3;

  private final byte[] means;

  private Fingerprint(byte[] means) {
    this.means = means;
  }

  /**
   * The fingerprint of a picture.
   *
   * @param image at least 8 × 8 pixels
   */
  public static Fingerprint of(RgbImage image) {
    if (image.width() < CELLS || image.height() < CELLS) {
      throw new IllegalArgumentException("a fingerprint needs at least 8×8 pixels, got " + image);
    }
    float[] averages = Resampling.boxAverage(image, CELLS, CELLS);
    byte[] means = new byte[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      means[i] = (byte) Math.round(averages[i]);
    }
    return new Fingerprint(means);
  }

  /**
   * Reads {@link #toString()}'s form.
   *
   * @throws IllegalArgumentException if it is not base64 of 192 bytes
   */
  public static Fingerprint parse(String base64) {
    byte[] means = Base64.getDecoder().decode(base64);
    if (means.length != LENGTH) {
      throw new IllegalArgumentException(
          "a fingerprint is base64 of " + LENGTH + " bytes, got " + means.length);
    }
    return new Fingerprint(means);
  }

  /** Mean absolute difference of the colours, 0…255. */
  public double distance(Fingerprint other) {
    long sum = 0;
    for (int i = 0; i < LENGTH; i++) {
      sum += Math.abs((means[i] & 0xff) - (other.means[i] & 0xff));
    }
    return (double) sum / LENGTH;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Fingerprint fingerprint && Arrays.equals(fingerprint.means, means);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(means);
  }

  /** Base64, as in {@code pack.json}. */
  @Override
  public String toString() {
    return Base64.getEncoder().encodeToString(means);
  }
}
