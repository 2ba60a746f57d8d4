package io.airbox.generation.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbox.generation.engine.onnx.OnnxEngine;
import io.airbox.generation.fixture.OnnxGraph.Type;
import io.airbox.generation.fixture.Sd15Networks;
import io.airbox.generation.fixture.Sd15Networks.Fault;
import io.airbox.generation.fixture.Sd15Networks.Unet;
import io.airbox.generation.fixture.Sd15Pack;
import io.airbox.generation.fixture.Workplace;
import io.airbox.generation.pack.PackManifest.GuidanceMode;
import io.airbox.generation.pack.PackManifest.Role;
import io.airbox.generation.pack.PackManifest.Size;
import io.airbox.generation.sampling.Prediction;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PackImporterTest {
  @TempDir Path folder;
  private final OnnxEngine engine = Workplace.engine();

  @Test
  void readsAnExportersFolder() throws Exception {
    PackManifest manifest =
        new Sd15Pack(folder)
            .scheduler("{\"prediction_type\":\"v_prediction\"}")
            .make(engine)
            .manifest();
    assertThat(manifest.sizes())
        .startsWith(new Size(512, 512), new Size(512, 768), new Size(768, 512));
    assertThat(manifest.text().length()).isEqualTo(77);
    assertThat(manifest.text().width()).isEqualTo(768);
    assertThat(manifest.text().begin()).isEqualTo(49406);
    assertThat(manifest.text().pad()).isEqualTo(49407);
    assertThat(manifest.latent().scale()).isEqualTo(0.18215);
    assertThat(manifest.schedule().prediction()).isEqualTo(Prediction.V);
    assertThat(manifest.presets()).isEqualTo(Distillation.NONE.presets());
    assertThat(manifest.engines().get("onnx").roles().get(Role.UNET).data())
        .extracting(PackManifest.PackFile::file)
        .containsExactly("unet/model.onnx_data");
    assertThat(manifest.engines().get("onnx").roles()).containsKey(Role.VAE_ENCODER);
  }

  @Test
  void readsFlatNames() throws Exception {
    Sd15Networks.textEncoder(Type.INT64, Type.FLOAT, Fault.NONE)
        .write(folder.resolve("text_encoder.onnx"));
    Sd15Networks.unet(Unet.usual()).write(folder.resolve("unet.onnx"));
    Sd15Networks.decoder(Type.FLOAT, Fault.NONE).write(folder.resolve("vae_decoder.onnx"));
    ClipTokenizerFileTest.write(folder);
    ModelPack pack = PackImporter.importFolder(folder, Sd15Pack.wish(Distillation.HYPER), engine);
    assertThat(pack.manifest().presets()).isEqualTo(Distillation.HYPER.presets());
    assertThat(pack.manifest().engines().get("onnx").roles()).doesNotContainKey(Role.VAE_ENCODER);
  }

  @Test
  void seesAFullLcmByItsFourthInput() throws Exception {
    PackManifest manifest =
        new Sd15Pack(folder).unet(Unet.usual().withEmbedding()).make(engine).manifest();
    assertThat(manifest.guidance().mode()).isEqualTo(GuidanceMode.EMBEDDED);
    assertThat(manifest.presets()).isEqualTo(Distillation.LCM.presets());
  }

  @Test
  void seesAFusedLcmByItsScheduler() throws Exception {
    PackManifest manifest =
        new Sd15Pack(folder)
            .scheduler("{\"_class_name\":\"LCMScheduler\"}")
            .make(engine)
            .manifest();
    assertThat(manifest.presets()).isEqualTo(Distillation.LCM_LORA.presets());
  }

  @Test
  void hasAsManyChunksAsTheUnetTakes() throws Exception {
    assertThat(new Sd15Pack(folder.resolve("free")).make(engine).manifest().text().maxChunks())
        .isEqualTo(3);
    assertThat(
            new Sd15Pack(folder.resolve("one"))
                .unet(Unet.usual().withTokens(77L))
                .make(engine)
                .manifest()
                .text()
                .maxChunks())
        .isEqualTo(1);
  }

  @Test
  void neverOverwrites() throws Exception {
    new Sd15Pack(folder).make(engine);
    assertThatThrownBy(() -> PackImporter.importFolder(folder, Sd15Pack.wish(null), engine))
        .hasMessageContaining("there is a")
        .hasMessageContaining("pack.json already; delete it");
  }

  @Test
  void namesWhatIsMissing() throws Exception {
    new Sd15Pack(folder).export();
    Files.delete(folder.resolve("unet/model.onnx"));
    Files.delete(folder.resolve("text_encoder/model.onnx"));
    assertThatThrownBy(() -> PackImporter.importFolder(folder, Sd15Pack.wish(null), engine))
        .hasMessageContaining("missing text_encoder/model.onnx or text_encoder.onnx")
        .hasMessageContaining("missing unet/model.onnx or unet.onnx");
    assertThat(folder.resolve("pack.json")).doesNotExist();
  }

  @Test
  void refusesOtherFamiliesAndUnknownSchedules() throws Exception {
    new Sd15Pack(folder).scheduler("{\"beta_schedule\":\"squaredcos_cap_v2\"}").export();
    assertThatThrownBy(() -> PackImporter.importFolder(folder, Sd15Pack.wish(null), engine))
        .hasMessageContaining("beta_schedule \"squaredcos_cap_v2\" is not supported");
    Files.writeString(
        folder.resolve("model_index.json"), "{\"_class_name\":\"StableDiffusionXLPipeline\"}");
    assertThatThrownBy(() -> PackImporter.importFolder(folder, Sd15Pack.wish(null), engine))
        .hasMessageContaining("only SD 1.x is supported");
  }

  @Test
  void refusesABadName() throws Exception {
    new Sd15Pack(folder).export();
    PackImporter.Wish wish = new PackImporter.Wish("Bad Name", "1.0.0", "T", "MIT", true, null);
    assertThatThrownBy(() -> PackImporter.importFolder(folder, wish, engine))
        .hasMessageContaining("/name: \"Bad Name\" must be");
    assertThat(folder.resolve("pack.json")).doesNotExist();
  }

  @ParameterizedTest
  @EnumSource(Distillation.class)
  void hasPresetsThatAManifestAccepts(Distillation distillation) {
    for (PackManifest.Preset preset : distillation.presets()) {
      assertThat(preset.sampler().spacings()).contains(preset.spacing());
      assertThat(preset.steps().preferred()).isBetween(preset.steps().min(), preset.steps().max());
      assertThat(preset.cfg().preferred()).isBetween(preset.cfg().min(), preset.cfg().max());
    }
  }
}
