package io.airbox.hwtests.tpu;

import io.airbox.sophon.TpuDevice;
import io.airbox.sophon.jna.NativeDriver;
import org.junit.jupiter.api.Test;

/** Shows that the simulator tells of a leak: without it the suite could not. */
final class LeftBuffer {
  @Test
  void leavesABuffer() {
    TpuDevice.open(NativeDriver.loadFrom(SimulatorContract.fetched().libraries()), 0)
        .allocate(4096, "left");
  }
}
