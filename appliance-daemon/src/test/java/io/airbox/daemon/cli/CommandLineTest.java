package io.airbox.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.daemon.TestDaemon;
import io.airbox.daemon.pictures.DataLock;
import io.airbox.generation.image.PictureReader;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandLineTest {
  @TempDir Path data;

  private Shell shell;

  @BeforeEach
  void sitDown() {
    shell = new Shell(data);
  }

  private int airbox(Object... arguments) {
    return shell.airbox(arguments);
  }

  @Test
  void wrongUsageIsExitCodeTwoAndOneClearSentence() {
    assertThat(airbox()).isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).contains("a command is missing");
    assertThat(airbox("generate", "--data", data.toString())).isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).contains("say what to draw");
    assertThat(airbox("generate", "a", "--size", "big")).isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).contains("--size big is not a size");
    assertThat(airbox("generte")).isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).contains("generate");
    assertThat(airbox("generate", "--from", data.resolve("no.png").toString()))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).isEqualTo("airbox: " + data.resolve("no.png") + ": no such file\n");
  }

  @Test
  void wrongUsageIsSaidWithoutAPageOfOptions() {
    assertThat(airbox("generate", "a", "--steps", "many")).isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err())
        .startsWith("airbox: ")
        .contains("--steps", "many")
        .endsWith("See airbox generate --help\n")
        .hasLineCount(2);
  }

  @Test
  void aPlaceWhereNoPictureCanGoIsSaidBeforeItIsMade() throws IOException {
    Path missing = data.resolve("no/apple.png");
    assertThat(generate("a red apple", "-o", missing)).isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err())
        .isEqualTo(
            "airbox: " + missing + " cannot be written: there is no folder " + data + "/no\n");
    assertThat(generate("a red apple", "-o", data)).isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).contains(data + " is a folder");
    assertThat(data.resolve("lock")).doesNotExist();
  }

  @Test
  void aFileThatIsNoPictureIsNamed() throws IOException {
    Path text = Files.writeString(data.resolve("text.png"), "hello");
    assertThat(generate("a", "--image", text)).isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).isEqualTo("airbox: " + text + ": the file is neither PNG nor JPEG\n");
    assertThat(generate("--from", text)).isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).startsWith("airbox: " + text + ": ").contains("PNG");
  }

  @Test
  void dataThatCannotBeMadeIsSaidInWords() throws IOException {
    Path file = Files.writeString(data.resolve("file"), "");
    assertThat(airbox("run", "--port", "0", "--data", file.resolve("data").toString()))
        .isEqualTo(ExitCodes.FAILED);
    assertThat(shell.err())
        .startsWith("airbox: " + file.resolve("data") + " cannot be made (")
        .contains("--data")
        .doesNotContain("Exception");
  }

  @Test
  void wrongSettingsAreExitCodeThree() {
    assertThat(airbox("run", "--port", "many", "--engine", "gpu"))
        .isEqualTo(ExitCodes.CONFIGURATION);
    assertThat(shell.err())
        .contains("2 problems", "http.port: \"many\"", "engine.kind: \"gpu\"")
        .doesNotContain("\tat ");
  }

  @Test
  void aSecondDaemonOnTheSameDataIsRefusedWithTheFirstOnesPid() {
    try (DataLock lock = DataLock.acquire(data, InstantSource.system())) {
      assertThat(lock).isNotNull();
      assertThat(airbox("run", "--port", "0", "--data", data.toString()))
          .isEqualTo(ExitCodes.DATA_LOCKED);
      assertThat(shell.err())
          .contains(data.toString())
          .contains(Long.toString(ProcessHandle.current().pid()));
    }
  }

  @Test
  void aDaemonThatIsNotThereIsExitCodeFive() {
    assertThat(airbox("generate", "a", "--host", "http://127.0.0.1:1"))
        .isEqualTo(ExitCodes.UNREACHABLE);
    assertThat(shell.err())
        .isEqualTo("airbox: no daemon answers at http://127.0.0.1:1; is it running there?\n");
  }

  @Test
  void generateUsesARunningDaemonThroughItsSocket() throws Exception {
    try (TestDaemon daemon = TestDaemon.start(data)) {
      Path file = data.resolve("apple.png");

      assertThat(generate("a red apple", "-o", file, "--seed", "7", "--json")).isZero();
      JsonObject made = new JsonObject(shell.out());
      assertThat(
              made.getJsonArray("pictures")
                  .getJsonObject(0)
                  .getJsonObject("settings")
                  .getLong("seed"))
          .isEqualTo(7);
      Path again = data.resolve("again.png");
      assertThat(generate("--from", file, "-o", again)).isZero();
      assertThat(shell.out()).isEqualTo(again + "\n");
      assertThat(PictureReader.read(Files.readAllBytes(again)))
          .isEqualTo(PictureReader.read(Files.readAllBytes(file)));

      assertThat(generate("a", "-o", file, "--count", "2", "--host", daemon.url)).isZero();
      assertThat(data.resolve("apple-1.png")).exists();
      assertThat(data.resolve("apple-2.png")).exists();

      assertThat(generate("a", "-o", file, "--steps", "-3")).isEqualTo(ExitCodes.USAGE);
      assertThat(shell.err()).startsWith("airbox: ").contains("-3").hasLineCount(1);
      assertThat(generate("a", "-o", file, "--pack", "nothing")).isEqualTo(ExitCodes.USAGE);
      assertThat(generate("fail", "-o", file)).isEqualTo(ExitCodes.FAILED);
      assertThat(shell.err()).contains("black all over");
    }
  }

  private int generate(Object... arguments) {
    List<Object> all = new ArrayList<>(List.of("generate"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--data", data));
    return airbox(all.toArray());
  }

  @Test
  void modelsAreListedAndVerified() {
    String models = TestDaemon.models().toString();
    assertThat(airbox("models", "list", "--models", models)).isZero();
    assertThat(shell.out()).startsWith("airbox-emoji ");
    assertThat(airbox("models", "list", "--json", "--models", models)).isZero();
    assertThat(new JsonObject(shell.out()).getJsonArray("packs")).hasSize(1);
    assertThat(airbox("models", "verify", "--models", models)).isZero();
    assertThat(shell.out()).isEqualTo("airbox-emoji: whole\n");
  }

  @Test
  void theModelsOfABoxElsewhereAreListedAlike() throws Exception {
    try (TestDaemon daemon = TestDaemon.start(data)) {
      assertThat(airbox("models", "list", "--models", TestDaemon.models(), "--json")).isZero();
      JsonObject here = new JsonObject(shell.out());
      here.getJsonArray("packs").getJsonObject(0).putNull("folder");

      assertThat(airbox("models", "list", "--host", daemon.url, "--json")).isZero();
      assertThat(new JsonObject(shell.out())).isEqualTo(here);
      assertThat(airbox("models", "list", "--host", daemon.url)).isZero();
      assertThat(shell.out()).startsWith("airbox-emoji ").contains("96x96");
    }
  }

  @Test
  void aKeyInTheEnvironmentIsNoSetting() {
    shell.environment.put("AIRBOX_KEY", "abx_");
    assertThat(airbox("models", "list", "--models", TestDaemon.models())).isZero();
    shell.environment.put("AIRBOX_KEYS", "abx_");
    assertThat(airbox("models", "list", "--models", TestDaemon.models()))
        .isEqualTo(ExitCodes.CONFIGURATION);
  }

  @Test
  void aVaeIsBorrowedForBmodelsOnly() throws Exception {
    Path empty = Files.createDirectories(data.resolve("empty"));
    assertThat(importing(empty, "--vae", empty)).isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).contains("--vae is for folders with bmodels; " + empty + " has none");
  }

  @Test
  void aFolderOfBmodelsIsToldByThem() throws Exception {
    Path folder = Files.createDirectories(data.resolve("sd-lcm-tpu"));
    Files.writeString(folder.resolve("sdv15_text.bmodel"), "");
    assertThat(importing(folder)).isEqualTo(ExitCodes.FAILED);
    assertThat(shell.err())
        .contains("missing UNet: looked for sdv15_unet_multisize.bmodel")
        .contains("there are sdv15_text.bmodel");
    assertThat(data.resolve("models/x")).doesNotExist();
  }

  private int importing(Object... arguments) {
    List<Object> all = new ArrayList<>(List.of("models", "import"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--name", "x", "--licence", "MIT", "--data", data));
    return airbox(all.toArray());
  }

  @Test
  void anUnknownDistillationIsRefusedWithTheKnownOnes() {
    assertThat(
            airbox(
                "models",
                "import",
                "x",
                "--name",
                "a",
                "--licence",
                "MIT",
                "--distillation",
                "turbine"))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).contains("--distillation", "LCM_LORA", "TURBO", "turbine");
  }

  @Test
  void aDamagedPackFailsVerification() throws IOException {
    Path pack = Files.createDirectories(data.resolve("models/pack"));
    try (var files = Files.list(TestDaemon.models().resolve("default"))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, pack.resolve(file.getFileName()));
      }
    }
    byte[] tokenizer = Files.readAllBytes(pack.resolve("tokenizer.json"));
    tokenizer[tokenizer.length / 2] ^= 1;
    Files.write(pack.resolve("tokenizer.json"), tokenizer);

    assertThat(airbox("models", "verify", "--models", data.resolve("models").toString()))
        .isEqualTo(ExitCodes.FAILED);
    assertThat(shell.err()).contains("tokenizer.json").contains("SHA-256");
  }

  @Test
  void completionIsAScriptForTheShell() {
    assertThat(airbox("completion", "bash")).isZero();
    assertThat(shell.out()).contains("complete ", "generate", "certificate", "--fingerprint");
    assertThat(airbox("completion", "zsh")).isZero();
    assertThat(shell.out()).startsWith("autoload -U +X compinit");
  }
}
