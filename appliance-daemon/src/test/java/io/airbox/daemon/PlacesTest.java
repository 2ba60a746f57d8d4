package io.airbox.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.daemon.config.StorageConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlacesTest {
  private static final Path HOME = Path.of(System.getProperty("user.home"), ".airbox");

  @TempDir Path root;

  @Test
  void aBoxKeepsItsDataOnThePersistentPartition() throws IOException {
    Files.createDirectories(root.resolve("data"));
    Files.createDirectories(root.resolve("proc/device-tree"));
    Files.writeString(root.resolve("proc/device-tree/model"), "Sophgo BM1684X EVB\0");

    assertThat(Places.usualData(root)).isEqualTo(root.resolve("data/airbox"));
  }

  @Test
  void anotherMachineWithSuchAFolderDoesNot() throws IOException {
    Files.createDirectories(root.resolve("data"));
    Files.createDirectories(root.resolve("proc/device-tree"));
    Files.writeString(root.resolve("proc/device-tree/model"), "Raspberry Pi 5\0");

    assertThat(Places.usualData(root)).isEqualTo(HOME);
  }

  @Test
  void aBoxWithoutThePartitionDoesNot() {
    assertThat(Places.usualData(root)).isEqualTo(HOME);
  }

  @Test
  void theBuiltInPacksComeFirstSoThatAnImportIsNotEverybodysDefault() {
    Places places = Places.of(new StorageConfig(root, List.of()), Path.of("/opt/airbox"));

    assertThat(places.models())
        .containsExactly(Path.of("/opt/airbox/models"), root.resolve("models"));
  }

  @Test
  void foldersThatAreNamedAreTheOnlyOnes() {
    Path named = Path.of("/srv/packs");
    Places places = Places.of(new StorageConfig(root, List.of(named)), Path.of("/opt/airbox"));

    assertThat(places.models()).containsExactly(named);
  }
}
