package io.airbox.hwtests.tpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.airbox.generation.pack.FileVerifier;
import io.airbox.generation.pack.ModelPack;
import io.airbox.generation.pack.PackManifest.NetworkFile;
import io.airbox.generation.pack.PackManifest.Role;
import io.airbox.sophon.BModelFile;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The recipe of {@code models/README.md}: the built-in pack compiled for the chip. */
final class BuiltInBModelsIT {
  @Test
  void addsTheChipsFilesToThePack() throws IOException {
    var obstacle = Simulator.obstacle();
    assumeTrue(obstacle.isEmpty(), obstacle.orElse(""));

    ModelPack pack = ModelPack.open(BuiltInBModels.provide());

    new FileVerifier().verifyAll(pack);
    assertThat(pack.manifest().engines()).containsOnlyKeys("onnx", "bm1684x");
    Map<Role, NetworkFile> roles = pack.manifest().engines().get("bm1684x").roles();
    assertThat(roles).containsOnlyKeys(pack.manifest().engines().get("onnx").roles().keySet());
    roles.forEach(
        (role, file) -> {
          BModelFile bmodel = BModelFile.read(pack.folder().resolve(file.main().file()));
          bmodel.checkChip("BM1684X");
          assertThat(bmodel.networks()).hasSize(1);
          assertThat(bmodel.networks().get(0).name()).isEqualTo(role.id());
          // the compiler's figure for the device against what the file's own tables say
          assertThat((double) file.memory() / bmodel.memoryNeed().totalBytes()).isBetween(0.9, 1.2);
        });
  }
}
