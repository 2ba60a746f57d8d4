package io.airbox.hwtests.tpu;

import io.airbox.sophon.BModelWriter;
import io.airbox.sophon.DataType;
import io.airbox.sophon.Driver;
import io.airbox.sophon.DriverContract;
import io.airbox.sophon.Shape;
import io.airbox.sophon.jna.NativeDriver;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Runs in the child process of {@link StubIT}, never in the test runner. */
final class StubContract extends DriverContract {
  /** Where the child finds the stand-in. */
  static final String ROOT = "TPU_STUB_ROOT";

  @TempDir private static Path folder;
  private static Path bmodel;

  @BeforeAll
  static void write() {
    bmodel =
        new BModelWriter()
            .network(
                "net",
                5000,
                3000,
                List.of(new BModelWriter.Tensor("in", DataType.UINT8, Shape.of(3, 40, 50))),
                List.of(new BModelWriter.Tensor("out", DataType.FLOAT16, Shape.of(1, 9, 10))))
            .write(folder.resolve("net.bmodel"));
  }

  @Override
  protected Driver driver() {
    return NativeDriver.load(Path.of(System.getenv(ROOT)));
  }

  @Override
  protected Path bmodel() {
    return bmodel;
  }
}
