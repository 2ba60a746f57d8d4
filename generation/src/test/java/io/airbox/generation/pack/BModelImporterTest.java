package io.airbox.generation.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbox.generation.GenerationException;
import io.airbox.generation.fixture.BModelFolder;
import io.airbox.generation.fixture.ClipVocabulary;
import io.airbox.generation.fixture.Sd15Pack;
import io.airbox.generation.fixture.Workplace;
import io.airbox.generation.pack.PackManifest.NetworkFile;
import io.airbox.generation.pack.PackManifest.Preset;
import io.airbox.generation.pack.PackManifest.Role;
import io.airbox.generation.pack.PackManifest.Size;
import io.airbox.sophon.BModelFile;
import io.airbox.sophon.BModelWriter;
import io.airbox.sophon.DataType;
import io.airbox.sophon.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders of SD-lcm-tpu, in its own tree: {@code models/basic/NAME}, {@code tokenizer} above. */
class BModelImporterTest {
  private static final Size USUAL = new Size(512, 512);
  private static final Size TALL = new Size(512, 768);
  private static final Size SMALL = BModelFolder.SMALL;
  private static final Size WIDE = BModelFolder.WIDE;

  @TempDir Path root;
  private final List<String> said = new ArrayList<>();
  private Path basic;

  @BeforeEach
  void layOut() throws IOException {
    basic = Files.createDirectories(root.resolve("models/basic"));
    ClipVocabulary.writeLetters(root.resolve("tokenizer"));
  }

  private BModelFolder folder(String name) throws IOException {
    return new BModelFolder(basic.resolve(name));
  }

  private PackManifest imported(BModelFolder folder) {
    return imported(folder, null, null);
  }

  private PackManifest imported(BModelFolder folder, Distillation distillation, Path vae) {
    assertThat(BModelImporter.recognises(folder.folder())).isTrue();
    return BModelImporter.importFolder(folder.folder(), Sd15Pack.wish(distillation), vae, said::add)
        .manifest();
  }

  private static Map<Role, NetworkFile> roles(PackManifest manifest) {
    return manifest.engines().get("bm1684x").roles();
  }

  private static String file(PackManifest manifest, Role role) {
    return roles(manifest).get(role).main().file();
  }

  private void refused(BModelFolder folder, String... parts) throws IOException {
    assertThatThrownBy(() -> imported(folder))
        .isInstanceOf(GenerationException.class)
        .hasMessageContaining(folder.folder() + " cannot be imported: ")
        .satisfies(e -> assertThat(e.getMessage()).contains(parts));
    assertThat(folder.folder().resolve("pack.json")).doesNotExist();
    try (Stream<Path> files = Files.list(folder.folder())) {
      assertThat(files.filter(file -> file.toString().endsWith(".part"))).isEmpty();
    }
  }

  @Test
  void readsTodaysFiles() throws Exception {
    BModelFolder folder = BModelFolder.current(basic.resolve("hellonijicute"));
    PackManifest manifest = imported(folder);
    assertThat(manifest.sizes()).containsExactly(SMALL, WIDE);
    assertThat(manifest.presets()).isEqualTo(Distillation.LCM_LORA.presets());
    assertThat(manifest.guidance())
        .isEqualTo(new PackManifest.Guidance(PackManifest.GuidanceMode.CFG, 1));
    assertThat(manifest.text().length()).isEqualTo(77);
    assertThat(manifest.text().width()).isEqualTo(768);
    assertThat(manifest.text().maxChunks()).isEqualTo(1);
    assertThat(manifest.text().begin()).isEqualTo(49406);
    assertThat(manifest.text().tokenizer().file()).isEqualTo("tokenizer.json");
    assertThat(manifest.latent().scale()).isEqualTo(0.18215);
    assertThat(manifest.engines()).containsOnlyKeys("bm1684x");
    assertThat(roles(manifest))
        .containsOnlyKeys(Role.TEXT_ENCODER, Role.UNET, Role.VAE_DECODER, Role.VAE_ENCODER);
    for (NetworkFile file : roles(manifest).values()) {
      Path path = folder.folder().resolve(file.main().file());
      assertThat(file.main().sha256()).isEqualTo(Sha256.of(path));
      assertThat(file.memory()).isGreaterThan(BModelFile.read(path).memoryNeed().totalBytes());
    }
  }

  @ParameterizedTest
  @CsvSource({
    // v0.3.0 and main
    "sdv15_text, sdv15_unet_multisize, sdv15_vd_multisize, sdv15_ve_multisize",
    // the packs that older branches name
    "te_f32, unet_2_1684x_F16, vae_decoder_multize, vae_encoder_multize",
    "sdv15_te, unet_1_1684x_F16, vae_decoder_multize, vae_encoder_multize",
    "te_f32, unet_1_1684x_f16_attention, vae_decoder_multize, vae_encoder_multize",
    "te, unet, vae_decoder_multi, vae_encoder_multi",
    "te, unet2, vae_decoder_multi, vae_encoder_multi",
    "encoder_1684x_f32, unet_multize, vae_decoder_multize, vae_encoder_multize",
    // sophon-demo
    "text_encoder_1684x_f32, unet_1684x_f16, vae_decoder_1684x_f16, vae_encoder_1684x_f16",
    // this project's own
    "text_encoder, unet, vae_decoder, vae_encoder",
  })
  void knowsAllNamings(String text, String unet, String decoder, String encoder) throws Exception {
    BModelFolder folder =
        folder("pack")
            .textEncoder(text + ".bmodel")
            .unet(unet + ".bmodel", "net", true, 1, SMALL)
            .decoder(decoder + ".bmodel", SMALL)
            .encoder(encoder + ".bmodel", SMALL);
    PackManifest manifest = imported(folder);
    assertThat(roles(manifest).values().stream().map(file -> file.main().file()))
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(text, unet, decoder, encoder).map(name -> name + ".bmodel").toList());
    assertThat(said).noneMatch(sentence -> sentence.startsWith("left out"));
  }

  @ParameterizedTest
  @EnumSource(value = Role.class, mode = EnumSource.Mode.EXCLUDE, names = "CONTROLNET")
  void theDocumentationHasTheSameNames(Role role) throws Exception {
    String names =
        BModelNames.of(role).stream()
            .map(name -> "`" + name.replace(".bmodel", "") + "`")
            .collect(Collectors.joining(", "));
    assertThat(Workplace.MODELS.resolveSibling("docs/pack-format.md"))
        .content()
        .contains("| `" + role.id() + "` | " + names + " |");
  }

  @Test
  void prefersAUnetOfOnePictureAndSaysWhatItLeavesOut() throws Exception {
    BModelFolder folder =
        folder("awportrait")
            .textEncoder("te_f32.bmodel")
            .unet("unet_2_1684x_F16.bmodel", "unet", true, 2, SMALL)
            .unet("unet_1_1684x_F16.bmodel", "unet", true, 1, SMALL)
            .decoder("vae_decoder_multize.bmodel", SMALL);
    PackManifest manifest = imported(folder);
    assertThat(file(manifest, Role.UNET)).isEqualTo("unet_1_1684x_F16.bmodel");
    assertThat(manifest.guidance().batch()).isEqualTo(1);
    assertThat(roles(manifest)).doesNotContainKey(Role.VAE_ENCODER);
    assertThat(said).contains("left out: unet_2_1684x_F16.bmodel");
  }

  @Test
  void seesAUnetOfTwoPictures() throws Exception {
    BModelFolder folder =
        folder("awportrait")
            .textEncoder("te_f32.bmodel")
            .unet("unet_2_1684x_F16.bmodel", "unet", false, 2, SMALL)
            .decoder("vae_decoder_multize.bmodel", SMALL);
    assertThat(imported(folder).guidance().batch()).isEqualTo(2);
  }

  @Test
  void hasTheSizesThatUnetAndDecoderShareTheUsualOneFirst() throws Exception {
    BModelFolder folder =
        folder("pack")
            .textEncoder("te.bmodel")
            .unet("unet.bmodel", "unet", true, 1, WIDE, TALL, USUAL, SMALL)
            .decoder("vae_decoder.bmodel", TALL, SMALL, USUAL, new Size(768, 768))
            .encoder("vae_encoder.bmodel", TALL, USUAL);
    PackManifest manifest = imported(folder);
    assertThat(manifest.sizes()).containsExactly(USUAL, SMALL, TALL);
    assertThat(roles(manifest)).doesNotContainKey(Role.VAE_ENCODER);
    assertThat(said)
        .contains(
            "left out: vae_encoder.bmodel, which was not compiled for 64x64; the pack makes no pictures from pictures");
  }

  @Test
  void refusesNetworksWithoutACommonSize() throws Exception {
    refused(
        folder("pack")
            .textEncoder("te.bmodel")
            .unet("unet.bmodel", "unet", true, 1, SMALL)
            .decoder("vae_decoder.bmodel", WIDE, TALL),
        "unet.bmodel was compiled for 64x64 and vae_decoder.bmodel for 128x64, 512x768");
  }

  @ParameterizedTest
  @CsvSource({
    "sdv15_unet_fuse, LCM_LORA",
    "sdv15_unet_no_fuse, NONE",
  })
  void tellsByTheUnetsNameWhetherALoraWasFused(String network, Distillation expected)
      throws Exception {
    PackManifest manifest = imported(withUnetNamed(network));
    assertThat(manifest.presets()).isEqualTo(expected.presets());
    assertThat(said).noneMatch(sentence -> sentence.contains("LoRA"));
  }

  @Test
  void offersBothKindsOfPresetsWhereTheNameDoesNotTell() throws Exception {
    assertThat(imported(withUnetNamed("unet")).presets())
        .extracting(Preset::id)
        .containsExactly("fast", "quality", "free");
    assertThat(said).anyMatch(sentence -> sentence.contains("--distillation"));
  }

  @Test
  void obeysTheUserRatherThanTheName() throws Exception {
    PackManifest manifest = imported(withUnetNamed("sdv15_unet_fuse"), Distillation.HYPER, null);
    assertThat(manifest.presets()).isEqualTo(Distillation.HYPER.presets());
  }

  private BModelFolder withUnetNamed(String network) throws IOException {
    return folder("pack")
        .textEncoder("te.bmodel")
        .unet("unet.bmodel", network, true, 1, SMALL)
        .decoder("vae_decoder.bmodel", SMALL);
  }

  @Test
  void borrowsAVaeAndTakesUpAnImportThatWasCutOff() throws Exception {
    Path lender = BModelFolder.current(basic.resolve("lender")).folder();
    BModelFolder folder =
        folder("meinamix").textEncoder("te.bmodel").unet("unet.bmodel", "unet", true, 1, SMALL);
    refused(
        folder,
        "missing VAE decoder: looked for sdv15_vd_multisize.bmodel, vae_decoder_multize.bmodel",
        "; there are te.bmodel, unet.bmodel",
        "--vae");
    // the power went between two copies
    Files.copy(
        lender.resolve("sdv15_vd_multisize.bmodel"),
        folder.folder().resolve("borrowed_vae_decoder.bmodel"));
    Files.writeString(folder.folder().resolve("borrowed_vae_encoder.bmodel.part"), "half");

    PackManifest manifest = imported(folder, null, lender);
    assertThat(file(manifest, Role.VAE_DECODER)).isEqualTo("borrowed_vae_decoder.bmodel");
    assertThat(file(manifest, Role.VAE_ENCODER)).isEqualTo("borrowed_vae_encoder.bmodel");
    assertThat(folder.folder().resolve("borrowed_vae_encoder.bmodel"))
        .hasSameBinaryContentAs(lender.resolve("sdv15_ve_multisize.bmodel"));
    assertThat(folder.folder().resolve("borrowed_vae_encoder.bmodel.part")).doesNotExist();
  }

  @Test
  void borrowsADecoderAloneByItsFile() throws Exception {
    Path lender = BModelFolder.current(basic.resolve("lender")).folder();
    BModelFolder folder = withUnetNamed("unet").encoder("vae_encoder.bmodel", SMALL);
    PackManifest manifest = imported(folder, null, lender.resolve("sdv15_vd_multisize.bmodel"));
    assertThat(file(manifest, Role.VAE_DECODER)).isEqualTo("borrowed_vae_decoder.bmodel");
    assertThat(file(manifest, Role.VAE_ENCODER)).isEqualTo("vae_encoder.bmodel");
    assertThat(said).contains("left out: vae_decoder.bmodel");
  }

  @Test
  void doesNotOverwriteWhatLiesWhereTheBorrowedDecoderGoes() throws Exception {
    Path lender = BModelFolder.current(basic.resolve("lender")).folder();
    BModelFolder folder = withUnetNamed("unet").decoder("borrowed_vae_decoder.bmodel", WIDE);
    assertThatThrownBy(() -> imported(folder, null, lender))
        .hasMessageContaining("there is another")
        .hasMessageContaining("borrowed_vae_decoder.bmodel already; delete it");
  }

  @Test
  void saysWhereItLookedForADecoderToBorrow() throws Exception {
    BModelFolder folder = withUnetNamed("unet");
    Path empty = Files.createDirectories(root.resolve("empty"));
    assertThatThrownBy(() -> imported(folder, null, empty))
        .hasMessageContaining(empty + " has no VAE decoder to borrow: looked for sdv15_vd_multi")
        .hasMessageContaining("; there are none");
  }

  @Test
  void leavesControlNetsOut() throws Exception {
    Path nets = Files.createDirectories(root.resolve("models/controlnet"));
    Files.writeString(nets.resolve("canny_multize.bmodel"), "");
    imported(withUnetNamed("sdv15_unet_fuse"));
    assertThat(said)
        .contains(
            "left out: the ControlNets in "
                + nets
                + " (canny_multize.bmodel), which are not supported yet");
  }

  @Test
  void findsATokenizerInTheFolderFirst() throws Exception {
    PackManifest manifest = imported(withUnetNamed("unet").tokenizer());
    assertThat(manifest.text().tokenizer().file()).isEqualTo("tokenizer.json");
    // what it wrote serves the next time
    Path folder = basic.resolve("pack");
    Files.delete(folder.resolve("pack.json"));
    assertThat(imported(new BModelFolder(folder)).text()).isEqualTo(manifest.text());
  }

  @Test
  void saysWhereItLookedForTheTokenizer() throws Exception {
    Files.delete(root.resolve("tokenizer/merges.txt"));
    refused(
        withUnetNamed("unet"),
        "missing tokenizer.json, or tokenizer/vocab.json together with tokenizer/merges.txt, here or in "
            + basic.resolve("tokenizer"),
        root.resolve("tokenizer").toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "{", "{\"a\": 1}"})
  void refusesAVocabularyThatIsNone(String json) throws Exception {
    Path vocabulary = root.resolve("tokenizer/vocab.json");
    Files.writeString(vocabulary, json);
    refused(withUnetNamed("unet"), vocabulary.toString());
  }

  @Test
  void namesThePacksOfATree() throws Exception {
    Path one = BModelFolder.current(basic.resolve("one")).folder();
    Path two = BModelFolder.current(basic.resolve("two")).folder();
    for (Path above : List.of(root, root.resolve("models"), basic)) {
      refused(new BModelFolder(above), "name one of " + one + ", " + two);
    }
  }

  @Test
  void leavesOtherFoldersToOthers() throws Exception {
    Files.writeString(root.resolve("unet.onnx"), "");
    assertThat(BModelImporter.recognises(root)).isFalse();
    assertThat(BModelImporter.recognises(root.resolve("nothing"))).isFalse();
    assertThat(PackImporter.recognises(root)).isTrue();
  }

  @Test
  void neverOverwritesAManifest() throws Exception {
    BModelFolder folder = BModelFolder.current(basic.resolve("pack"));
    imported(folder);
    assertThatThrownBy(() -> imported(folder))
        .hasMessageContaining("pack.json already; delete it to import again");
  }

  @Test
  void refusesNetworksThatAreNotOfSd1() throws Exception {
    refused(
        withUnetNamed("unet").textEncoder("te.bmodel", 1024),
        "te.bmodel makes [1, 77, 1024] of [[1, 77]] instead of [1, 77, 768] of [[1, 77]]");
    refused(
        withUnetNamed("unet").textEncoder("te.bmodel").encoder("unet.bmodel", SMALL),
        "unet.bmodel has 1 inputs; a UNet has 3, or 16");
    refused(
        withUnetNamed("unet").encoder("vae_decoder.bmodel", SMALL),
        "vae_decoder.bmodel makes [1, 8, 8, 8] of [[1, 3, 64, 64]], which is no VAE decoder");
  }

  @Test
  void refusesAUnetOfSd2() throws Exception {
    BModelFolder folder = withUnetNamed("unet");
    new BModelWriter()
        .network(
            "unet",
            1,
            1,
            List.of(
                new BModelWriter.Tensor("x", DataType.FLOAT32, Shape.of(1, 4, 8, 8)),
                new BModelWriter.Tensor("t", DataType.FLOAT32, Shape.of(1)),
                new BModelWriter.Tensor("s", DataType.FLOAT32, Shape.of(1, 77, 1024))),
            List.of(new BModelWriter.Tensor("y", DataType.FLOAT32, Shape.of(1, 4, 8, 8))))
        .write(folder.folder().resolve("unet.bmodel"));
    refused(folder, "text states of [1, 77, 1024], as an SD 2.x");
  }

  @Test
  void refusesFilesThatAreDamagedOrOfAnotherChip() throws Exception {
    BModelFolder folder = withUnetNamed("unet");
    Path unet = folder.folder().resolve("unet.bmodel");
    byte[] whole = Files.readAllBytes(unet);
    Files.write(unet, Arrays.copyOf(whole, whole.length - 1));
    refused(folder, "UNet: " + unet + " is no usable bmodel");
    new BModelWriter()
        .chip("BM1684")
        .network(
            "unet",
            1,
            1,
            List.of(new BModelWriter.Tensor("x", DataType.FLOAT32, Shape.of(1))),
            List.of(new BModelWriter.Tensor("y", DataType.FLOAT32, Shape.of(1))))
        .write(unet);
    refused(folder, unet + " was compiled for BM1684, the device is a BM1684X");
  }
}
