package io.airbox.generation.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationException.Reason;
import io.airbox.generation.fixture.Workplace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packs as folders: opening, scanning, verifying. The files are small stand-ins. */
class ModelPackTest {
  private static final JsonMapper MAPPER = new JsonMapper();
  @TempDir Path root;
  private Path folder;

  @BeforeEach
  void makePack() throws Exception {
    folder = write("apple", "apple-pack");
  }

  private Path write(String folderName, String packName) throws Exception {
    Path made = Files.createDirectory(root.resolve(folderName));
    ObjectNode manifest =
        (ObjectNode) MAPPER.readTree(Workplace.MODELS.resolve("default/pack.json").toFile());
    manifest.put("name", packName);
    Files.writeString(made.resolve("NOTICE.md"), "thanks");
    for (String at :
        new String[] {
          "/text/tokenizer",
          "/engines/onnx/roles/text_encoder",
          "/engines/onnx/roles/unet",
          "/engines/onnx/roles/vae_decoder"
        }) {
      ObjectNode file = (ObjectNode) manifest.at(at);
      Path path = Files.writeString(made.resolve(file.get("file").asText()), at);
      Files.setLastModifiedTime(path, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
      file.put("bytes", Files.size(path));
      file.put("sha256", Sha256.of(path));
    }
    MAPPER.writeValue(made.resolve("pack.json").toFile(), manifest);
    return made;
  }

  private void edit(String name, String text) throws Exception {
    Path file = folder.resolve(name);
    Files.delete(file);
    Files.writeString(file, text);
  }

  @Test
  void opensAFolderWhoseFilesAreThere() {
    ModelPack pack = ModelPack.open(folder);
    assertThat(pack.digest()).hasSize(64);
    assertThat(pack.engine("onnx").roles()).hasSize(3);
    assertThatThrownBy(() -> pack.engine("bm1684x"))
        .hasMessageContaining("no files for engine bm1684x, only for onnx");
  }

  @Test
  void namesEveryFileThatIsMissingOrHasAnotherLength() throws Exception {
    Files.delete(folder.resolve("unet.onnx"));
    edit("vae_decoder.onnx", "short");
    Files.delete(folder.resolve("NOTICE.md"));
    assertThatThrownBy(() -> ModelPack.open(folder))
        .isInstanceOfSatisfying(
            GenerationException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID_PACK))
        .hasMessageContaining("/engines/onnx/roles/unet/file: unet.onnx is missing")
        .hasMessageContaining("/engines/onnx/roles/vae_decoder/bytes: vae_decoder.onnx has 5 bytes")
        .hasMessageContaining("/licence/notice");
  }

  @Test
  void refusesALinkOutOfThePackAndTakesOneInside() throws Exception {
    Path unet = folder.resolve("unet.onnx");
    Path outside = Files.move(unet, root.resolve("elsewhere.onnx"));
    Files.createSymbolicLink(unet, outside);
    assertThatThrownBy(() -> ModelPack.open(folder))
        .hasMessageContaining("unet.onnx is a link that leads out of the pack");
    Files.delete(unet);
    Files.move(outside, folder.resolve("real.onnx"));
    Files.createSymbolicLink(unet, Path.of("real.onnx"));
    assertThatCode(() -> ModelPack.open(folder)).doesNotThrowAnyException();
  }

  @Test
  void findsAPackThatCameLater() throws Exception {
    PackFolder packs = PackFolder.open(root);
    write("banana", "banana-pack");
    assertThat(packs.packs()).hasSize(1);
    assertThat(packs.find("banana-pack").folder()).isEqualTo(root.resolve("banana"));
    packs.refresh();
    assertThat(packs.packs()).hasSize(2);
  }

  @Test
  void aSignedReleaseTakesThePlaceOfWhatCameWithTheSoftware() throws Exception {
    Path installed = Files.createDirectories(root.resolve("installed"));
    Path one = release(installed, "1");
    Path two = release(installed, "2");
    Path link = installed.resolve("apple-pack");
    PackFolder packs = PackFolder.open(root, installed);
    assertThat(packs.defaultPack().folder()).isEqualTo(folder);

    Files.createSymbolicLink(link, installed.relativize(one));
    assertThat(packs.find("apple-pack").folder()).isEqualTo(one);
    assertThat(packs.defaultPack().folder()).isEqualTo(one);
    assertThat(packs.broken()).isEmpty();

    // the manifest is the very same file: only the link tells
    Files.delete(link);
    Files.createSymbolicLink(link, installed.relativize(two));
    assertThat(packs.find("apple-pack").folder()).isEqualTo(two);

    Files.delete(link);
    packs.refresh();
    assertThat(packs.find("apple-pack").folder()).isEqualTo(folder);
  }

  /** What an installed release looks like: the files of the first pack, as links to them. */
  private Path release(Path installed, String edition) throws IOException {
    Path target =
        Files.createDirectories(installed.resolve(".store/packs/apple-pack").resolve(edition));
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.createLink(target.resolve(file.getFileName()), file);
      }
    }
    return target.toRealPath();
  }

  @Test
  void seesABrokenPackAgainWhenItsFilesHaveArrived() throws Exception {
    Path unet = folder.resolve("unet.onnx");
    Path away = Files.move(unet, root.resolve("away"));
    PackFolder packs = PackFolder.open(root);
    assertThatThrownBy(packs::defaultPack)
        .hasMessageContaining("no usable pack in " + root)
        .hasMessageContaining("unet.onnx is missing")
        .hasMessageNotContaining("BrokenPack");
    Files.move(away, unet);
    packs.refresh();
    assertThat(packs.defaultPack().manifest().name()).isEqualTo("apple-pack");
  }

  @Test
  void listsGoodAndBrokenPacks() throws Exception {
    write("banana", "banana-pack");
    write("copy", "apple-pack");
    Path broken = Files.createDirectory(root.resolve("broken"));
    Files.writeString(broken.resolve("pack.json"), "{");
    Files.createDirectory(root.resolve("no-pack"));
    PackFolder packs = PackFolder.open(root, root.resolve("does-not-exist"));
    assertThat(packs.packs())
        .extracting(pack -> pack.manifest().name())
        .containsExactly("apple-pack", "banana-pack");
    assertThat(packs.defaultPack()).isEqualTo(packs.packs().get(0));
    assertThat(packs.broken())
        .extracting(PackFolder.BrokenPack::folder)
        .containsExactly(broken, root.resolve("copy"));
    assertThat(packs.broken().get(1).problems().get(0).message())
        .contains("is the name of the pack in");
    assertThat(packs.find("banana-pack").folder()).isEqualTo(root.resolve("banana"));
    assertThatThrownBy(() -> packs.find("bananapack"))
        .isInstanceOfSatisfying(
            GenerationException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNKNOWN_PACK))
        .hasMessageContaining("installed: apple-pack, banana-pack. Did you mean \"banana-pack\"?");
    assertThatThrownBy(() -> packs.find("broken"))
        .isInstanceOfSatisfying(
            GenerationException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID_PACK))
        .hasMessageContaining("is not valid JSON");
  }

  @Test
  void seesAfterARescanWhatChanged() throws Exception {
    PackFolder packs = PackFolder.open(root);
    write("banana", "banana-pack");
    assertThat(packs.packs()).hasSize(1);
    packs.rescan();
    assertThat(packs.packs()).hasSize(2);
  }

  @Test
  void saysThatThereIsNoPackAtAll() {
    PackFolder none = PackFolder.open(root.resolve("nothing"));
    assertThatThrownBy(none::defaultPack).hasMessageContaining("no usable pack");
    assertThatThrownBy(() -> none.find("x")).hasMessageContaining("installed: none");
  }

  @Test
  void findsAFileWhoseContentsChanged() throws Exception {
    ModelPack pack = ModelPack.open(folder);
    FileVerifier verifier = new FileVerifier();
    assertThatCode(() -> verifier.verifyAll(pack)).doesNotThrowAnyException();
    String sameLength = "/engines/onnx/roles/uneT";
    edit("unet.onnx", sameLength);
    assertThatThrownBy(() -> verifier.verify(pack, "onnx"))
        .hasMessageContaining("/engines/onnx/roles/unet/sha256: unet.onnx is damaged");
  }

  @Test
  void remembersAcrossStartsWhatItHasRead() throws Exception {
    Path memory = root.resolve("cache/verified");
    ModelPack pack = ModelPack.open(folder);
    new FileVerifier(memory).verifyAll(pack);
    assertThat(Files.readAllLines(memory)).hasSize(4);
    String unread =
        Files.readString(memory).replace(Sha256.of(folder.resolve("unet.onnx")), "f".repeat(64));
    Files.writeString(memory, unread);
    assertThatThrownBy(() -> new FileVerifier(memory).verifyAll(pack))
        .as("believes its memory and does not read again")
        .hasMessageContaining("f".repeat(64));
    Files.writeString(memory, "nonsense\n\0");
    assertThatCode(() -> new FileVerifier(memory).verifyAll(pack)).doesNotThrowAnyException();
  }

  @Test
  void doesNotRememberAFileThatMayStillChange() throws Exception {
    Path memory = root.resolve("verified");
    Files.setLastModifiedTime(
        folder.resolve("unet.onnx"), FileTime.from(Instant.now().plusSeconds(60)));
    new FileVerifier(memory).verifyAll(ModelPack.open(folder));
    assertThat(Files.readAllLines(memory)).hasSize(3);
  }

  @Test
  void goesOnWhenItsMemoryCannotBeWritten() throws Exception {
    Path occupied = Files.createDirectory(root.resolve("occupied"));
    assertThatCode(() -> new FileVerifier(occupied).verifyAll(ModelPack.open(folder)))
        .doesNotThrowAnyException();
  }
}
