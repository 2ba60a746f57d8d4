package io.airbox.generation.engine.bm1684x;

import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationException.Reason;
import io.airbox.sophon.TpuException;

/** What failures of the TPU mean to somebody who asked for a picture. */
final class TpuFailures {
  private TpuFailures() {}

  /** The device cannot be had. */
  static GenerationException opening(TpuException failure) {
    Reason reason =
        failure.reason() == TpuException.Reason.DEVICE_HUNG
            ? Reason.DEVICE_HUNG
            : Reason.ENGINE_FAULT;
    return new GenerationException(
        reason, "the engine bm1684x cannot be had: " + failure.getMessage(), failure);
  }

  /** A bmodel cannot be loaded. */
  static GenerationException loading(TpuException failure) {
    Reason reason =
        switch (failure.reason()) {
          case INVALID_BMODEL, WRONG_CHIP, PERMISSION_DENIED -> Reason.INVALID_PACK;
          default -> reason(failure);
        };
    return new GenerationException(reason, failure.getMessage(), failure);
  }

  /** A launch or a copy failed. */
  static GenerationException running(String network, TpuException failure) {
    return new GenerationException(
        reason(failure),
        "the TPU failed while it ran " + network + ": " + failure.getMessage(),
        failure);
  }

  private static Reason reason(TpuException failure) {
    return switch (failure.reason()) {
      case OUT_OF_MEMORY -> Reason.OUT_OF_MEMORY;
      case DEVICE_HUNG -> Reason.DEVICE_HUNG;
      default -> Reason.ENGINE_FAULT;
    };
  }
}
