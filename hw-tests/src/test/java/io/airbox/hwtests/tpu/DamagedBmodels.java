package io.airbox.hwtests.tpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.sophon.TpuDevice;
import io.airbox.sophon.TpuException;
import io.airbox.sophon.TpuException.Reason;
import io.airbox.sophon.jna.NativeDriver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damages the description of a real bmodel in many ways: whatever our own check lets through, the
 * vendor's loader must survive. Runs in a process of its own, which ends early when it does not.
 */
final class DamagedBmodels {
  private static final int FILES = 300;

  @TempDir private Path folder;

  @Test
  void neverEndTheProcess() throws IOException {
    Simulator simulator = SimulatorContract.fetched();
    byte[] good = Files.readAllBytes(simulator.bmodel());
    int described = 64 + ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getInt(8);
    Map<Reason, Integer> refused = new EnumMap<>(Reason.class);
    int loaded = 0;
    try (TpuDevice device = TpuDevice.open(NativeDriver.loadFrom(simulator.libraries()), 0)) {
      for (int seed = 0; seed < FILES; seed++) {
        Path file = Files.write(folder.resolve("damaged.bmodel"), damage(good, described, seed));
        try {
          device.load(file).close();
          loaded++;
        } catch (TpuException e) {
          refused.merge(e.reason(), 1, Integer::sum);
        }
      }
    }
    assertThat(refused)
        .as("LOAD_FAILED is the library's own refusal")
        .containsKey(Reason.INVALID_BMODEL)
        .doesNotContainKeys(Reason.UNSUPPORTED_VERSION, Reason.CALL_FAILED);
    // names and padding may change without harm
    assertThat(loaded).isBetween(FILES / 20, FILES / 2);
  }

  private static byte[] damage(byte[] good, int described, int seed) {
    Random random = new Random(seed);
    byte[] bytes = good.clone();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      int place = random.nextInt(described);
      bytes[place] =
          random.nextBoolean()
              ? (byte) random.nextInt()
              : (byte) (bytes[place] ^ 1 << random.nextInt(8));
    }
    return bytes;
  }
}
