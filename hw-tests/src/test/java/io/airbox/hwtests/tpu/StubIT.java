package io.airbox.hwtests.tpu;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The driver's contract, kept by a stand-in whose structs a C compiler laid out: of both releases'
 * binary layouts, which the simulator cannot show.
 */
final class StubIT {
  @TempDir private Path folder;

  @TestFactory
  Stream<DynamicTest> keepsTheContractInTheLayoutOf051() throws IOException {
    return contract("0.5.1");
  }

  @TestFactory
  Stream<DynamicTest> keepsTheContractInTheLayoutOf049() throws IOException {
    return contract("0.4.9");
  }

  private Stream<DynamicTest> contract(String version) throws IOException {
    StubLibsophon stub = StubLibsophon.build(folder, version);
    Map<String, String> environment =
        Map.of(StubContract.ROOT, stub.root().toString(), "TPU_STUB_STRICT", "1");
    return NativeProcess.run(environment, StubContract.class).dynamicTests();
  }
}
