package io.airbox.ota.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbox.ota.UpdateException;
import io.airbox.ota.UpdateException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackFilesTest {
  @TempDir private Path folder;
  private Release release;

  @BeforeEach
  void sign() throws IOException {
    Files.createDirectories(folder.resolve("licences"));
    Files.writeString(folder.resolve("pack.json"), "{}");
    Files.writeString(folder.resolve("licences/MIT.txt"), "abc");
    release =
        new Release(
            1,
            "emoji",
            "1.0.0",
            1,
            "2027-06-30T00:00:00Z",
            new Compatibility(List.of(), List.of("onnx"), null),
            new Release.Requirements(0, 0),
            PackFiles.list(folder, bytes -> {}),
            "pack.json",
            60);
  }

  @Test
  void listsPathsSizesAndDigests() {
    assertThat(release.files())
        .containsExactly(
            new ReleaseFile(
                "licences/MIT.txt",
                3,
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            new ReleaseFile(
                "pack.json",
                2,
                "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"));
  }

  @Test
  void tellsHowFarItIs() throws IOException {
    List<Long> told = new ArrayList<>();

    PackFiles.verify(release, folder, told::add);

    assertThat(told).containsExactly(3L, 5L);
  }

  @Test
  void aChangedByteIsFound() throws IOException {
    Files.writeString(folder.resolve("licences/MIT.txt"), "abd");
    refused("licences/MIT.txt is not what was signed");
  }

  @Test
  void aLongerFileIsFoundWithoutReadingIt() throws IOException {
    Files.writeString(folder.resolve("pack.json"), "{} ");
    refused("has 3 bytes, signed are 2");
  }

  @Test
  void aMissingAndAnAdditionalFileAreFound() throws IOException {
    Files.writeString(folder.resolve("more.onnx"), "");
    refused("more.onnx, which the release does not name");
    Files.delete(folder.resolve("more.onnx"));
    Files.delete(folder.resolve("pack.json"));
    refused("lacks pack.json");
  }

  @Test
  void aLinkIsNoFile() throws IOException {
    Files.move(folder.resolve("pack.json"), folder.resolve("other.json"));
    Files.createSymbolicLink(folder.resolve("pack.json"), Path.of("other.json"));
    refused("is a link");
    assertThatThrownBy(() -> PackFiles.list(folder, bytes -> {})).hasMessageContaining("is a link");
  }

  @Test
  void aNameThatIsNotHarmlessEverywhereIsNotSigned() throws IOException {
    Files.writeString(folder.resolve("a b.onnx"), "");
    assertThatThrownBy(() -> PackFiles.list(folder, bytes -> {})).hasMessageContaining("a b.onnx");
  }

  private void refused(String saying) {
    assertThatThrownBy(() -> PackFiles.verify(release, folder, bytes -> {}))
        .isInstanceOfSatisfying(
            UpdateException.class, e -> assertThat(e.reason()).isEqualTo(Reason.WRONG_CONTENT))
        .hasMessageContaining(saying);
  }
}
