package io.airbox.hwtests.tpu;

import io.airbox.sophon.Driver;
import io.airbox.sophon.Heap;
import io.airbox.sophon.jna.NativeDriver;
import org.junit.jupiter.api.Test;

/** Shows that the simulator tells of a leak: without that, its silence would prove nothing. */
final class LeftBuffer {
  @Test
  void leavesABuffer() {
    // a TpuDevice would give it back
    Driver.Device device = NativeDriver.loadFrom(SimulatorContract.fetched().libraries()).open(0);
    device.allocate(Heap.NPU.mask(), 4096);
    device.close();
  }
}
