package io.airbox.sophon;

import io.airbox.sophon.BModelWriter.Tensor;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The fake keeps the contract, and gives back what it held. */
final class FakeDriverTest extends DriverContract {
  @TempDir private static Path folder;
  private static Path bmodel;

  private final FakeBmLib fake = new FakeBmLib();

  @BeforeAll
  static void writeBmodel() {
    bmodel =
        new BModelWriter()
            .network(
                "net",
                10_000,
                20_000,
                List.of(new Tensor("in", DataType.UINT8, Shape.of(3, 30, 20))),
                List.of(new Tensor("out", DataType.UINT8, Shape.of(3, 3, 20, 20))))
            .write(folder.resolve("net.bmodel"));
  }

  @Override
  protected Driver driver() {
    return fake;
  }

  @Override
  protected Path bmodel() {
    return bmodel;
  }

  @Override
  protected void closed() {
    fake.assertNothingIsHeld();
  }
}
