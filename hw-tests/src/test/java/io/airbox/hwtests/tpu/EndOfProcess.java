package io.airbox.hwtests.tpu;

import io.airbox.sophon.jna.NativeDriver;
import org.junit.jupiter.api.Test;

/**
 * What {@code TpuDevice} keeps from happening: a call that the vendor's library answers by exit.
 */
final class EndOfProcess {
  @Test
  void endsTheProcess() {
    NativeDriver.loadFrom(SimulatorContract.fetched().libraries()).open(1);
  }
}
