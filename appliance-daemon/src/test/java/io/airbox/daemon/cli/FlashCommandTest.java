package io.airbox.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.flasher.plan.CardPackage;
import io.airbox.flasher.plan.PlannedWrite;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlashCommandTest {
  private static final Path DATA =
      Path.of(System.getProperty("airbox.root"), "flasher/src/test/resources/io/airbox/flasher");
  private static final Path CARD = DATA.resolve("source/card.img.xz");

  @TempDir Path folder;

  private Shell shell() {
    return new Shell(folder);
  }

  private static Path capture(String name) {
    return DATA.resolve("watch/" + name + ".console");
  }

  /** What the box prints when it flashes the card and all goes well. */
  private Path transcript() throws IOException {
    StringBuilder text = new StringBuilder("Found U-Boot script /boot.scr\nupdate eMMC\n");
    for (PlannedWrite write : CardPackage.read(CARD, CardPackage.Depth.SCRIPTS).plan().writes()) {
      text.append(
          String.format(
              Locale.ROOT,
              "fs reading //%s%n%d bytes read in 1 ms%nUncompressed size: %d = 0x%X%nMMC write: dev"
                  + " # 0, block # %d, count %d ... %d blocks written: OK%n",
              write.file(),
              write.compressedBytes(),
              write.expectedBytes(),
              write.expectedBytes(),
              write.firstBlock(),
              write.count(),
              write.count()));
    }
    return Files.writeString(folder.resolve("console.log"), text + "eMMC update done\nall done\n");
  }

  @Test
  void aPlanShowsWhatIsWrittenWhere() {
    Shell shell = shell();
    assertThat(shell.airbox("flash", "plan", CARD)).isZero();
    assertThat(shell.out())
        .isEqualTo(
            "package        "
                + CARD
                + " (card image)\n"
                + """
                files          124, 162.6 KiB
                writes         103 chunks, 6525 blocks, 3.2 MiB
                eMMC           of 14720 blocks or more, 7.2 MiB
                boot firmware  stays as it is
                time           about a minute

                PARTITION  FIRST BLOCK  BLOCKS  SIZE      CHUNKS  ON CARD
                gpt        0            34      17.0 KiB  1       262 B
                boot       8192         4096    2.0 MiB   64      4.4 KiB
                recovery   12288        107     53.5 KiB  2       1.6 KiB
                misc       12416        2048    1.0 MiB   32      23.3 KiB
                rootfs     14464        176     88.0 KiB  3       5.3 KiB
                data       14656        64      32.0 KiB  1       746 B

                warning  NO_SPI_IMAGE  spi_flash.bin: no script writes the SPI flash; fine if the box's boot firmware suits the package
                fit for flashing
                """);
    assertThat(shell.airbox("flash", "plan", CARD, "--json")).isZero();
    assertThat(shell.json().getJsonArray("writes")).hasSize(103);
    assertThat(shell.json().getJsonArray("writes").getJsonObject(0).getString("unzipAddress"))
        .isEqualTo("0x320000000");
    assertThat(shell.json().getString("read")).isEqualTo("EVERYTHING");
    assertThat(shell.airbox("flash", "plan", CARD, "--quick")).isZero();
    assertThat(shell.out()).endsWith("fit for flashing as far as it was read (--quick)\n");
  }

  @Test
  void aPackageThatWouldNotFlashFails() throws IOException {
    Path card = Files.createDirectory(folder.resolve("sdcard"));
    Files.writeString(card.resolve("boot.scr"), "no script");
    Shell shell = shell();
    assertThat(shell.airbox("flash", "plan", card)).isEqualTo(ExitCodes.FAILED);
    assertThat(shell.out()).contains("error    SCRIPT_DAMAGED  boot.scr: it has 9 bytes");
    assertThat(shell.out()).endsWith("not fit for flashing\n");
  }

  @Test
  void whatIsNoPackageIsWrongUsage() throws IOException {
    Shell shell = shell();
    assertThat(shell.airbox("flash", "plan", folder.resolve("no"))).isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).isEqualTo("airbox: " + folder + "/no: no such file or folder\n");
    assertThat(shell.airbox("flash", "plan", folder)).isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).contains("there is no boot.scr");
    assertThat(shell.airbox("flash")).isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).contains("plan, prepare, verify, eject, ports, watch or analyze");
    assertThat(shell.airbox("flash", "analyze", folder.resolve("no"))).isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).isEqualTo("airbox: " + folder + "/no: no such file\n");
  }

  @Test
  void aFlashIsVerifiedAgainstItsPackageAlone() throws IOException {
    Path transcript = transcript();
    Shell shell = shell();
    assertThat(shell.airbox("flash", "analyze", transcript, "--package", CARD)).isZero();
    assertThat(shell.out())
        .startsWith("verdict  VERIFIED: the flash is complete: every planned write was seen\n")
        .contains("writes   103 of 103 planned, as planned");
    assertThat(shell.airbox("flash", "analyze", transcript, "--package", CARD, "--quick"))
        .isEqualTo(ExitCodes.UNPROVEN);
    assertThat(shell.out()).contains("the package's chunks were not read");
    assertThat(shell.airbox("flash", "analyze", transcript)).isEqualTo(ExitCodes.UNPROVEN);
    assertThat(shell.out()).contains("there is no package to compare with");
  }

  @Test
  void aTranscriptThroughAPipeIsReadToo() throws IOException {
    Shell shell = shell().piping(Files.readString(transcript()));
    assertThat(shell.airbox("flash", "analyze", "-", "--json")).isEqualTo(ExitCodes.UNPROVEN);
    assertThat(shell.json().getJsonArray("writes")).hasSize(103);
  }

  @Test
  void aFailureIsToldWithItsCauseEvidenceAndAdvice() {
    Shell shell = shell();
    assertThat(shell.airbox("flash", "analyze", capture("truncated-gz")))
        .isEqualTo(ExitCodes.FAILED);
    assertThat(shell.out())
        .contains("verdict      FAILED: the flash failed")
        .contains("problem  CHUNK_SHORT  rootfs.13-of-27.gz\n  cause  a chunk unpacks to less")
        .contains("MMC write: dev # 0, block # 71680, count 4096 ... 4096 blocks written: OK")
        .contains("\n  try    check the package, write the card anew and flash again")
        .contains("harmless:\n  this board's device tree has no such lamps");
    assertThat(shell.airbox("flash", "analyze", capture("no-card"), "--json"))
        .isEqualTo(ExitCodes.FAILED);
    JsonObject report = shell.json();
    assertThat(report.getString("verdict")).isEqualTo("NOT_STARTED");
    assertThat(report.getJsonArray("problems").getJsonObject(0).getString("symptom"))
        .isEqualTo("NO_CARD");
  }

  @Test
  void aTranscriptWithoutAFlashIsNamedAsSuch() {
    Shell shell = shell();
    assertThat(shell.airbox("flash", "analyze", capture("boot-after-flash-no-card")))
        .isEqualTo(ExitCodes.NO_FLASH);
    assertThat(shell.out()).startsWith("verdict      BOOTED");
    assertThat(shell.airbox("flash", "analyze", capture("article-1"))).isEqualTo(ExitCodes.FAILED);
    assertThat(shell.airbox("flash", "analyze", CARD)).isEqualTo(ExitCodes.NO_FLASH);
    assertThat(shell.out()).startsWith("verdict  UNKNOWN").contains("GARBAGE");
  }

  private static List<JsonObject> events(Shell shell) {
    return shell.out().lines().map(JsonObject::new).toList();
  }

  @Test
  void anImageIsWrittenAndReadBack() {
    Path image = folder.resolve("card.img");
    Shell shell = shell();
    assertThat(shell.airbox("flash", "prepare", CARD, image, "--size", "64M")).isZero();
    assertThat(shell.out())
        .isEqualTo(
            image
                + """
                : 124 files, 162.6 KiB written
                warning  NO_SPI_IMAGE  spi_flash.bin: no script writes the SPI flash; fine if the box's boot firmware suits the package
                PROVEN: 124 files, 162.6 KiB: every byte was read back and is right
                """);
    assertThat(shell.airbox("flash", "verify", image, CARD)).isZero();
    assertThat(shell.airbox("flash", "verify", image)).isZero();
  }

  @Test
  void eachStepOfAScriptedRunIsALineOfJson() {
    Path image = folder.resolve("card.img");
    Shell shell = shell();
    assertThat(shell.airbox("flash", "prepare", CARD, image, "--size", "64M", "--json")).isZero();
    List<JsonObject> events = events(shell);
    assertThat(events)
        .extracting(event -> event.getString("event"))
        .startsWith("progress", "package")
        .contains("written")
        .endsWith("verified");
    assertThat(events.get(0).fieldNames()).contains("step", "file", "bytes", "bytesPerSecond");
    assertThat(events.get(events.size() - 1).getString("verdict")).isEqualTo("PROVEN");
  }

  @Test
  void whatIsThereIsReplacedByWhoeverTypesItsNameAlone() throws IOException {
    Path image = Files.writeString(folder.resolve("card.img"), "precious");
    Shell shell = shell();
    assertThat(shell.airbox("flash", "prepare", CARD, image, "--size", "64M"))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err())
        .contains("the file " + image + ", which is replaced. To go on, add --yes " + image)
        .contains("nothing was changed");
    shell.typing("yes");
    assertThat(shell.airbox("flash", "prepare", CARD, image, "--size", "64M"))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).contains("Type " + image + " to go on: ").contains("'yes' is not");
    assertThat(Files.readString(image)).isEqualTo("precious");
    shell.typing(image.toString());
    assertThat(shell.airbox("flash", "prepare", CARD, image, "--size", "64M")).isZero();
    shell.piping("");
    assertThat(shell.airbox("flash", "prepare", CARD, image, "--size", "64M", "--yes", image))
        .isZero();
  }

  @Test
  void aFolderIsNoCardAndASizeHasAUnit() {
    Shell shell = shell();
    assertThat(shell.airbox("flash", "prepare", CARD, folder)).isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err())
        .contains(folder + " is a folder, not the place where a card is mounted");
    assertThat(shell.airbox("flash", "prepare", CARD, folder.resolve("i"), "--size", "big"))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).contains("'big' is no size; say 512M or 4G");
    assertThat(shell.airbox("flash", "eject", folder)).isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).contains(folder + " is no card");
  }

  @Test
  void aFlippedBitIsToldWithWhomToBlame() throws IOException {
    Path image = folder.resolve("card.img");
    Shell shell = shell();
    assertThat(shell.airbox("flash", "prepare", CARD, image, "--size", "64M", "--no-verify"))
        .isZero();
    byte[] bytes = Files.readAllBytes(image);
    // the last byte of the last file
    int at = bytes.length - 1;
    while (bytes[at] == 0) {
      at--;
    }
    bytes[at] ^= 1;
    Files.write(image, bytes);
    assertThat(shell.airbox("flash", "verify", image, CARD)).isEqualTo(ExitCodes.FAILED);
    assertThat(shell.out())
        .contains("fault    CARD  ")
        .contains("  try    write the card anew")
        .endsWith("not fit for flashing\n");
    assertThat(shell.airbox("flash", "verify", image, "--json")).isEqualTo(ExitCodes.FAILED);
    assertThat(
            events(shell)
                .get(events(shell).size() - 1)
                .getJsonArray("faults")
                .getJsonObject(0)
                .getString("culprit"))
        .isEqualTo("CARD_OR_PACKAGE");
  }

  @Test
  void aPackageThatWouldNotFlashIsNotWritten() throws IOException {
    Path bad = Files.createDirectory(folder.resolve("sdcard"));
    Files.writeString(bad.resolve("boot.scr"), "no script");
    Shell shell = shell();
    assertThat(shell.airbox("flash", "prepare", bad, folder.resolve("card.img")))
        .isEqualTo(ExitCodes.FAILED);
    assertThat(shell.out()).contains("error    SCRIPT_DAMAGED").endsWith("not fit for flashing\n");
    assertThat(folder.resolve("card.img")).doesNotExist();
  }

  @Test
  void aPortThatIsNotThereIsWrongUsage() {
    Shell shell = shell();
    Path port = folder.resolve("tty");
    assertThat(shell.airbox("flash", "watch", "--port", port)).isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).contains("there is no serial port \"" + port + "\"; plug the box's");
    assertThat(folder.resolve(".airbox")).as("no transcript of nothing").doesNotExist();
  }

  @Test
  void whatIsNoSerialPortIsSaidSo() throws IOException {
    Path file = Files.writeString(folder.resolve("tty"), "");
    Shell shell = shell();
    assertThat(shell.airbox("flash", "watch", "--port", file)).isEqualTo(ExitCodes.FAILED);
    assertThat(shell.err()).contains(file + " cannot be opened", "it is no serial port");
  }

  @Test
  void portsAreListedForProgramsToo() {
    Shell shell = shell();
    shell.airbox("flash", "ports", "--json");
    assertThat(shell.json().getJsonArray("ports")).isNotNull();
    assertThat(shell.json().getJsonArray("traps")).isNotNull();
  }
}
