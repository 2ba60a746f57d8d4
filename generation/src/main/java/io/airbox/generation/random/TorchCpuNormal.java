package io.airbox.generation.random;

/**
 * The numbers of {@code torch.randn} on a CPU after {@code manual_seed}: MT19937, then Box–Muller.
 *
 * <p>PyTorch has two ways and so has this class. Tensors of 16 values or more take one 32-bit
 * output each and transform blocks of 16 in single precision; when the length is no multiple of 16,
 * the last 16 values are drawn again. Shorter tensors are drawn one by one in double precision from
 * 53-bit uniforms, two values per pair, and the spare value of a pair waits for the next short
 * tensor.
 *
 * <p>Transcendental functions are {@link StrictMath}'s, so that all machines agree to the bit;
 * PyTorch's own differ among its vector back ends by about 10⁻⁶.
 */
public final class TorchCpuNormal implements NormalSource {
  private static final int STATE = 624;
  private static final int SHIFT = 397;
  private static final int BLOCK = 16;
  private static final int HALF = BLOCK / 2;
  private static final double TWO_PI = 2 * Math.PI;

  private final int[] state = new int[STATE];
  private int position = STATE;
  private double spare = Double.NaN;

  /**
   * Starts the stream.
   *
   * @param seed its low 32 bits seed the generator, as in PyTorch
   */
  public TorchCpuNormal(long seed) {
    state[0] = (int) seed;
    for (int i = 1; i < STATE; i++) {
      state[i] = 1812433253 * (state[i - 1] ^ (state[i - 1] >>> 30)) + i;
    }
  }

  @Override
  public void fill(float[] target) {
    if (target.length < BLOCK) {
      for (int i = 0; i < target.length; i++) {
        target[i] = (float) nextDouble();
      }
      return;
    }
    for (int i = 0; i < target.length; i++) {
      target[i] = nextUniform();
    }
    int whole = target.length - target.length % BLOCK;
    for (int start = 0; start < whole; start += BLOCK) {
      transform(target, start);
    }
    if (whole != target.length) {
      int start = target.length - BLOCK;
      for (int i = start; i < target.length; i++) {
        target[i] = nextUniform();
      }
      transform(target, start);
    }
  }

  /** Turns 16 uniforms into 16 normals in place. */
  private static void transform(float[] values, int start) {
    for (int j = start; j < start + HALF; j++) {
      double radius = Math.sqrt(-2 * StrictMath.log(1 - values[j]));
      double angle = TWO_PI * values[j + HALF];
      values[j] = (float) (radius * StrictMath.cos(angle));
      values[j + HALF] = (float) (radius * StrictMath.sin(angle));
    }
  }

  private double nextDouble() {
    if (!Double.isNaN(spare)) {
      double value = spare;
      spare = Double.NaN;
      return value;
    }
    double first = nextUniform53();
    double second = nextUniform53();
    double radius = Math.sqrt(-2 * StrictMath.log1p(-second));
    double angle = TWO_PI * first;
    spare = radius * StrictMath.sin(angle);
    return radius * StrictMath.cos(angle);
  }

  /** A multiple of 2⁻²⁴ in [0, 1). */
  private float nextUniform() {
    return (nextInt() & 0xFFFFFF) * 0x1p-24f;
  }

  /** A multiple of 2⁻⁵³ in [0, 1); the first of two outputs is the high word. */
  private double nextUniform53() {
    long high = Integer.toUnsignedLong(nextInt());
    long low = Integer.toUnsignedLong(nextInt());
    return ((high << 32 | low) & 0x1F_FFFF_FFFF_FFFFL) * 0x1p-53;
  }

  private int nextInt() {
    if (position == STATE) {
      twist();
    }
    int y = state[position++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9D2C5680;
    y ^= (y << 15) & 0xEFC60000;
    return y ^ (y >>> 18);
  }

  private void twist() {
    for (int i = 0; i < STATE; i++) {
      int y = (state[i] & 0x80000000) | (state[(i + 1) % STATE] & 0x7FFFFFFF);
      state[i] = state[(i + SHIFT) % STATE] ^ (y >>> 1) ^ (-(y & 1) & 0x9908B0DF);
    }
    position = 0;
  }
}
