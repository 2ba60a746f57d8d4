package io.airbox.generation.random;

/** Where normal numbers come from; the same seed gives the same numbers on every machine. */
public enum NoiseKind {
  /** PyTorch's CPU generator: MT19937 and Box–Muller. */
  TORCH_CPU("torch-cpu"),
  /** Philox 4×32-10, as CUDA and A1111's "NV" use it. */
  PHILOX("philox");

  private final String id;

  NoiseKind(String id) {
    this.id = id;
  }

  /** The name in requests and metadata. */
  public String id() {
    return id;
  }
}
