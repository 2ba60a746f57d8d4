package io.airbox.generation.random;

/** Where normal numbers come from; the same seed gives the same numbers on every machine. */
public enum NoiseKind {
  /** PyTorch's CPU generator: MT19937 and Box–Muller. */
  TORCH_CPU("torch-cpu", "CPU") {
    @Override
    public NormalSource source(long seed) {
      return new TorchCpuNormal(seed);
    }
  },
  /** Philox 4×32-10, as CUDA and A1111's "NV" use it. */
  PHILOX("philox", "NV") {
    @Override
    public NormalSource source(long seed) {
      return new PhiloxNormal(seed);
    }
  };

  private final String id;
  private final String label;

  NoiseKind(String id, String label) {
    this.id = id;
    this.label = label;
  }

  /** The name in requests and metadata. */
  public String id() {
    return id;
  }

  /** A1111's name for it, the value of {@code RNG} in a picture's {@code parameters} text. */
  public String label() {
    return label;
  }

  /**
   * Starts a stream at its beginning.
   *
   * @param seed any value; {@link #TORCH_CPU} uses the low 32 bits only
   */
  public abstract NormalSource source(long seed);
}
