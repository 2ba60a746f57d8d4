package io.airbox.generation.pack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbox.generation.fixture.Workplace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestReaderTest {
  private static final JsonMapper MAPPER = new JsonMapper();

  private static byte[] good() throws IOException {
    return Files.readAllBytes(Workplace.MODELS.resolve("default/pack.json"));
  }

  private static List<String> problems(byte[] json) {
    ManifestReader.Reading reading = ManifestReader.read(json);
    assertThat(reading.manifest() == null).isEqualTo(!reading.problems().isEmpty());
    return reading.problems().stream().map(PackProblem::toString).toList();
  }

  private static List<String> problems(String text) {
    return problems(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void readsTheBuiltInPack() throws Exception {
    PackManifest manifest = ManifestReader.read(good()).manifest();
    assertThat(manifest).isNotNull();
    assertThat(manifest.text().length()).isEqualTo(32);
    assertThat(manifest.defaultPreset().title()).containsEntry("zh", "高质量");
    assertThat(manifest.engines().get("onnx").roles().get(PackManifest.Role.UNET).memory())
        .isEqualTo(70_000_000);
  }

  @Test
  void readsWhatTheWriterWrote() throws Exception {
    PackManifest manifest = ManifestReader.read(good()).manifest();
    byte[] written = ManifestWriter.write(manifest).getBytes(StandardCharsets.UTF_8);
    assertThat(ManifestReader.read(written).manifest()).isEqualTo(manifest);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/format | 2 | /format: is 2, this version reads up to 1",
        "/format | \"1\" | /format: must be a whole number, is \"1\"",
        "/family | \"sdxl\" | /family: \"sdxl\" is reserved",
        "/family | \"sd51\" | Did you mean \"sd15\"?",
        "/name | \"Bad Name\" | /name: \"Bad Name\" must be",
        "/version | \"one\" | /version: \"one\" must be a semantic version",
        "/text/length | 2 | /text/length: must be 3…4096, is 2",
        "/text/width | 1.5 | /text/width: must be a whole number, is 1.5",
        "/text/pad | null | /text/pad: must not be null",
        "/text/weighting | 1 | /text/weighting: must be true or false, is 1",
        "/text/tokenizer/file | \"../x\" | must be a path inside the pack",
        "/text/tokenizer/file | \"/etc/passwd\" | must be a path inside the pack",
        "/text/tokenizer/file | \"a//b\" | must be a path inside the pack",
        "/text/tokenizer/sha256 | \"ABC\" | /text/tokenizer/sha256: must be 64 lower-case hex digits",
        "/latent/scale | 0 | /latent/scale: must be 1.0E-6…1000000.0, is 0",
        "/latent/preview/bias | [1, 2] | /latent/preview/bias: must be 3 numbers",
        "/latent/preview/matrix | [[1,2,3,4]] | /latent/preview/matrix: must have 3 rows, has 1",
        "/schedule/betas | \"cosine\" | \"cosine\" is not one of scaled_linear, linear",
        "/schedule/prediction | \"v_predicton\" | Did you mean \"v_prediction\"?",
        "/schedule/beta_end | 0.0001 | /schedule/beta_end: must not be less than beta_start",
        "/guidance/mode | \"CFG\" | Did you mean \"cfg\"?",
        "/sizes | [] | /sizes: must not be empty",
        "/sizes | {} | /sizes: must be an array, is {}",
        "/sizes/0/width | 90 | /sizes/0/width: 90x96 must be multiples of /latent/downscale, 8",
        "/presets/0/sampler | \"dddim\" | Did you mean \"ddim\"?",
        "/presets/0/spacing | \"lcm\" | \"lcm\" does not go with sampler ddim",
        "/presets/0/steps/default | 60 | /presets/0/steps/default: must lie in min…max",
        "/presets/1/id | \"quality\" | /presets/1/id: \"quality\" is used twice",
        "/presets/0/title | {} | /presets/0/title/en: is missing",
        "/engines | {} | at least one engine is needed",
        "/engines/onnx | 7 | /engines/onnx: must be an object, is 7",
        "/self_test/fingerprint | \"AAAA\" | /self_test/fingerprint: must be base64 of 192 bytes",
        "/self_test/preset | \"fsat\" | Did you mean \"fast\"?",
        "/self_test/width | 104 | 104x96 is not one of /sizes"
      })
  void saysWhereAndWhatIsWrong(String pointer, String value, String message) throws Exception {
    ObjectNode root = (ObjectNode) MAPPER.readTree(good());
    int last = pointer.lastIndexOf('/');
    ((ObjectNode) root.at(pointer.substring(0, last)))
        .set(pointer.substring(last + 1), MAPPER.readTree(value));
    assertThat(problems(MAPPER.writeValueAsBytes(root)))
        .anySatisfy(
            problem -> assertThat(problem).contains(message).contains(pointer.substring(0, last)));
  }

  @Test
  void reportsAllProblemsAtOnce() throws Exception {
    ObjectNode root = (ObjectNode) MAPPER.readTree(good());
    root.put("titel", "x");
    root.remove("licence");
    ((ObjectNode) root.at("/engines/onnx/roles")).remove("unet");
    ((ObjectNode) root.at("/engines")).putObject("tpu");
    assertThat(problems(MAPPER.writeValueAsBytes(root)))
        .hasSize(4)
        .anySatisfy(
            p ->
                assertThat(p)
                    .contains("/titel: is not a known key")
                    .contains("Did you mean \"title\"?"))
        .contains("/licence: is missing", "/engines/onnx/roles/unet: is missing")
        .anySatisfy(
            p ->
                assertThat(p)
                    .contains("/engines/tpu: is not a known key; known are onnx, bm1684x"));
  }

  @Test
  void refusesDoubledKeys() {
    assertThat(problems("{\"format\": 1,\n \"format\": 1}"))
        .singleElement()
        .asString()
        .contains("line 2")
        .contains("format");
  }

  @Test
  void saysWhereATruncatedFileEnds() {
    assertThat(problems("{\"format\": 1,\n  \"name\": \"x"))
        .singleElement()
        .asString()
        .contains("is not valid JSON at line 2, column");
  }

  @Test
  void refusesWhatIsNoObject() {
    assertThat(problems("[1]")).containsExactly("/: must be an object, is [1]");
    assertThat(problems("")).containsExactly("/: is empty");
    assertThat(problems("{} {}")).hasSize(1);
  }

  @Test
  void readsExternalData() throws Exception {
    ObjectNode root = (ObjectNode) MAPPER.readTree(good());
    ObjectNode unet = (ObjectNode) root.at("/engines/onnx/roles/unet");
    JsonNode file =
        MAPPER.readTree(
            "{\"file\":\"unet.data\",\"sha256\":\"" + "0".repeat(64) + "\",\"bytes\":5}");
    unet.putArray("data").add(file);
    PackManifest manifest = ManifestReader.read(MAPPER.writeValueAsBytes(root)).manifest();
    assertThat(manifest.engines().get("onnx").roles().get(PackManifest.Role.UNET).data())
        .containsExactly(new PackManifest.PackFile("unet.data", "0".repeat(64), 5));
  }

  @Property(tries = 300)
  void neverThrowsOnDamagedText(@ForAll @IntRange(max = 3000) int at, @ForAll byte value)
      throws IOException {
    byte[] json = good();
    json[at % json.length] = value;
    problems(json);
  }

  @Property(tries = 100)
  void neverThrowsOnCutText(@ForAll @IntRange(max = 3000) int length) throws IOException {
    byte[] json = good();
    problems(java.util.Arrays.copyOf(json, Math.min(length, json.length)));
  }
}
