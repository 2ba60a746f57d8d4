package io.airbox.generation;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.generation.image.Png;
import io.airbox.generation.image.RgbImage;
import io.airbox.generation.random.NoiseKind;
import io.airbox.generation.sampling.SamplerKind;
import io.airbox.generation.sampling.Spacing;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InfotextTest {
  private static final String DIGEST = "0123456789abcdef".repeat(4);

  private static GenerationSettings settings(String prompt, String negative, Double strength) {
    return new GenerationSettings(
        "airbox-emoji",
        "0.1.0",
        "quality",
        prompt,
        negative,
        96,
        64,
        20,
        7,
        SamplerKind.DPMPP_2M,
        Spacing.KARRAS,
        4294967294L,
        NoiseKind.TORCH_CPU,
        1,
        strength);
  }

  private static Infotext throughPng(Infotext text) {
    byte[] png = Png.encode(new RgbImage(1, 1, new byte[3]), Map.of(Infotext.KEYWORD, text.text()));
    return Infotext.parse(Png.texts(png).get(Infotext.KEYWORD));
  }

  @Test
  void writesTheFormOfA1111() {
    assertThat(Infotext.of(settings("a red apple", "blurry", 0.5), "onnx", DIGEST).text())
        .isEqualTo(
            "a red apple\n"
                + "Negative prompt: blurry\n"
                + "Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7, Seed: 4294967294, "
                + "Size: 96x64, Model hash: 0123456789, Model: airbox-emoji, Denoising strength: 0.5, "
                + "RNG: CPU, Pack version: 0.1.0, Preset: quality, Engine: onnx, Pack digest: "
                + DIGEST);
  }

  @Property(tries = 500)
  void settingsComeBackExactly(
      @ForAll @StringLength(max = 40) String prompt,
      @ForAll @StringLength(max = 40) String negative,
      @ForAll SamplerKind sampler,
      @ForAll Spacing spacing,
      @ForAll NoiseKind noise,
      @ForAll @IntRange(min = 1, max = 4096) int width,
      @ForAll double cfg,
      @ForAll double strength,
      @ForAll boolean fromPicture) {
    GenerationSettings settings =
        new GenerationSettings(
            "pack, with: \"odd\" name",
            "1.0.0-rc.1+x",
            "",
            prompt,
            negative,
            width,
            64,
            8,
            cfg,
            sampler,
            spacing,
            7,
            noise,
            1,
            fromPicture ? strength : null);
    Infotext read = throughPng(Infotext.of(settings, "bm1684x", DIGEST));
    assertThat(read.settings()).contains(settings);
    assertThat(read.engine()).contains("bm1684x");
    assertThat(read.packDigest()).contains(DIGEST);
    assertThat(read.isOurs()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "two\nlines",
        "windows\r\nline",
        " spaces around ",
        "x\nNegative prompt: not really",
        "Negative prompt: at once",
        "Steps: 1, Sampler: Euler, Seed: 2",
        "a cat\nSteps: 1, Sampler: Euler, Seed: 2\n",
        "nul \0 and half \ud800 a pair",
        "quotes \" and \\ backslashes, commas: colons",
        "一只猫 🐱",
      })
  void awkwardPromptsComeBackExactly(String words) {
    for (GenerationSettings settings :
        new GenerationSettings[] {settings(words, "", null), settings("a cat", words, null)}) {
      assertThat(throughPng(Infotext.of(settings, "onnx", DIGEST)).settings()).contains(settings);
    }
  }

  @Test
  void ordinaryPromptsAreWrittenOnce() {
    String text = Infotext.of(settings("a, (b:1.2) \"c\"\nd", "e: f", null), "onnx", DIGEST).text();
    assertThat(text).doesNotContain("Exact");
  }

  @Test
  void readsATextOfA1111() {
    Infotext text =
        Infotext.parse(
            "masterpiece, (cat:1.2),\nsitting\n"
                + "Negative prompt: lowres, bad\nhands\n"
                + "Steps: 28, Sampler: DPM++ 2M Karras, CFG scale: 7.5, Seed: 123456789, Size: 512x768, "
                + "Model hash: 6ce0161689, Model: v1-5-pruned, Clip skip: 2, "
                + "Lora hashes: \"a: 1234, b: 5678\", TI: \"x\\\"y\", Version: v1.6.0");
    assertThat(text.prompt()).isEqualTo("masterpiece, (cat:1.2),\nsitting");
    assertThat(text.negativePrompt()).isEqualTo("lowres, bad\nhands");
    assertThat(text.parameters())
        .containsEntry("Lora hashes", "a: 1234, b: 5678")
        .containsEntry("TI", "x\"y")
        .containsEntry("Version", "v1.6.0")
        .hasSize(11);
    assertThat(text.isOurs()).isFalse();
    assertThat(text.settings()).isEmpty();
    GenerationRequest request = text.request(null);
    assertThat(request.pack()).isNull();
    assertThat(request.sampler()).isEqualTo("dpmpp_2m");
    assertThat(request.spacing()).isEqualTo("karras");
    assertThat(request.width()).isEqualTo(512);
    assertThat(request.height()).isEqualTo(768);
    assertThat(request.cfg()).isEqualTo(7.5);
    assertThat(request.seed()).isEqualTo(123456789);
    assertThat(request.noise()).isNull();
  }

  @Test
  void leavesOutWhatItDoesNotKnow() {
    GenerationRequest request =
        Infotext.parse("x\nSteps: many, Sampler: Heun, Schedule type: Beta, Size: big, RNG: GPU")
            .request(null);
    assertThat(request.steps()).isNull();
    assertThat(request.sampler()).isNull();
    assertThat(request.spacing()).isNull();
    assertThat(request.width()).isNull();
    assertThat(request.noise()).isEqualTo("philox");
  }

  @Test
  void asksForTheSamePictureAgain() {
    RgbImage start = new RgbImage(1, 1, new byte[3]);
    Infotext text = Infotext.of(settings("a cat", "", 0.25), "onnx", DIGEST);
    GenerationRequest request = text.request(start);
    assertThat(request.pack()).isEqualTo("airbox-emoji");
    assertThat(request.preset()).isEqualTo("quality");
    assertThat(request.negativePrompt()).isNull();
    assertThat(request.noise()).isEqualTo("torch-cpu");
    assertThat(request.strength()).isEqualTo(0.25);
    assertThat(request.image()).isSameAs(start);
    assertThat(text.request(null).strength()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a cat", "a cat\nSteps: 3, Seed: 4", "just: two, pairs: here"})
  void textWithFewerThanThreePairsIsAllPrompt(String text) {
    assertThat(Infotext.parse(text)).isEqualTo(new Infotext(text, "", Map.of()));
  }

  @Property(tries = 1000)
  void readsAnythingWithoutFailing(@ForAll String text) {
    Infotext read = Infotext.parse(text);
    assertThat(read.request(null).prompt()).isNotNull();
    assertThat(read.settings()).isEmpty();
  }

  @Test
  void survivesALongUnclosedQuote() {
    String text = "x\nA: \"" + "\\\\".repeat(100_000) + ", B: 1, C: 2";
    assertThat(Infotext.parse(text).parameters()).containsEntry("C", "2");
  }
}
