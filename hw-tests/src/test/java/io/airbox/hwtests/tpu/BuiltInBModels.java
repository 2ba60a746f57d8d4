package io.airbox.hwtests.tpu;

import io.airbox.hwtests.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The built-in pack with the files of both engines. While {@code models/default} has ONNX files
 * only, its networks are compiled by {@code python3 -m airbox_models.bmodels}.
 */
final class BuiltInBModels {
  private static final Path SHIPPED = Checkout.path("models/default");
  private static final Path MANIFEST = SHIPPED.resolve("pack.json");

  private BuiltInBModels() {}

  /**
   * The folder of the pack; nobody writes there.
   *
   * @throws IOException if it cannot be compiled here; says what is missing or which step failed
   */
  static Path provide() throws IOException {
    if (Files.readString(MANIFEST).contains("\"bm1684x\"")) {
      return SHIPPED;
    }
    // the manifest holds the digests of the networks, which the command verifies
    return CompiledFolder.provide(
        "the built-in pack",
        List.of(MANIFEST),
        out ->
            List.of("python3", "-m", "airbox_models.bmodels", "--pack=" + SHIPPED, "--out=" + out));
  }
}
