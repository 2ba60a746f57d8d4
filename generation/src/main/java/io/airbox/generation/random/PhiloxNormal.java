package io.airbox.generation.random;

/**
 * The numbers of {@code torch.randn} on a CUDA device, and of A1111's random number source "NV":
 * Philox 4×32-10 (Salmon et al. 2011) and Box–Muller.
 *
 * <p>Counter-based: value {@code i} of the {@code k}-th tensor depends on the seed, {@code k} and
 * {@code i} only, so the length of a tensor does not shift what follows.
 */
public final class PhiloxNormal implements NormalSource {
  private static final int ROUNDS = 10;
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;

  private final int keyLow;
  private final int keyHigh;
  private int tensor;

  /**
   * Starts the stream.
   *
   * @param seed all 64 bits are used
   */
  public PhiloxNormal(long seed) {
    keyLow = (int) seed;
    keyHigh = (int) (seed >>> 32);
  }

  @Override
  public void fill(float[] target) {
    for (int i = 0; i < target.length; i++) {
      target[i] = normal(i);
    }
    tensor++;
  }

  private float normal(int index) {
    int c0 = tensor;
    int c1 = 0;
    int c2 = index;
    int c3 = 0;
    int k0 = keyLow;
    int k1 = keyHigh;
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = MULTIPLIER_0 * Integer.toUnsignedLong(c0);
      long product1 = MULTIPLIER_1 * Integer.toUnsignedLong(c2);
      c0 = (int) (product1 >>> 32) ^ c1 ^ k0;
      c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
      c1 = (int) product1;
      c3 = (int) product0;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    double u = Integer.toUnsignedLong(c0) * 0x1p-32 + 0x1p-33;
    double angle = (Integer.toUnsignedLong(c1) * 0x1p-32 + 0x1p-33) * (2 * Math.PI);
    return (float) (Math.sqrt(-2 * StrictMath.log(u)) * StrictMath.sin(angle));
  }
}
