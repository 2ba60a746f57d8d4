package io.airbox.hwtests.linux;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.airbox.hwtests.Checkout;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * {@code airbox flash prepare}, {@code verify} and {@code eject} with a real SD card, as far as
 * Linux can tell: mounted and whole, killed and without power in the middle.
 */
@LinuxDoubleTest(appliance = true, minutes = 25)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MountedCardIT {
  private static final Path FOLDER = Checkout.path("hw-tests/target/flash-card");
  private static final Path CARD = FOLDER.resolve("card.img");
  private static final Path FILES = FOLDER.resolve("files");
  private static final long CARD_BYTES = 256L << 20;
  private static final int PART_AT = 8192;
  private static final Duration LONG = Duration.ofMinutes(4);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The package is a raw tar archive on a disk of its own. */
  private static final String PACKAGE = "/dev/vdd";

  private static final String DEVICE = "/dev/mmcblk0";
  private static final String MOUNTED = "/media/card";

  @BeforeAll
  static void aCardInTheReaderAndAPackage(LinuxDouble box, Console console) throws IOException {
    HostCommand.run(LONG, List.of("rm", "-rf", FOLDER.toString())).orThrow();
    Files.createDirectories(FILES);
    shell(
        "xz -dc '"
            + Checkout.path("flasher/src/test/resources/io/airbox/flasher/source/card.img.xz")
            + "' >'"
            + FOLDER.resolve("made.img")
            + "' && mcopy -i '"
            + FOLDER.resolve("made.img")
            + "@@1M' '::*' '"
            + FILES
            + "' && rm '"
            + FOLDER.resolve("made.img")
            + "'");
    Random random = new Random(1);
    for (int i = 1; i <= 6; i++) {
      byte[] bytes = new byte[8 << 20];
      random.nextBytes(bytes);
      Files.write(FILES.resolve("models-" + i + ".bin"), bytes);
    }
    Path archive = FOLDER.resolve("sdcard.tar");
    shell("tar --sort=name -C '" + FOLDER + "' -cf '" + archive + "' files");
    blankCard();
    console.run("sync; mkdir -p " + MOUNTED + "; sync").orThrow();
    box.powerCut();
    box.card(CARD);
    box.stick(archive);
    box.shell();
  }

  @AfterAll
  static void removeTheFiles() {
    HostCommand.run(LONG, List.of("rm", "-rf", FOLDER.toString())).orThrow();
  }

  private static String shell(String command) {
    return HostCommand.run(LONG, List.of("sh", "-c", command)).orThrow();
  }

  private static void blankCard() throws IOException {
    Files.deleteIfExists(CARD);
    try (RandomAccessFile card = new RandomAccessFile(CARD.toFile(), "rw")) {
      card.setLength(CARD_BYTES);
    }
    shell("printf 'label: dos\\nstart=%s, type=c\\n' " + PART_AT + " | sfdisk -q '" + CARD + "'");
    long kilobytes = (CARD_BYTES - PART_AT * 512L) / 1024;
    shell("mkfs.fat -F 32 -s 4 --offset " + PART_AT + " '" + CARD + "' " + kilobytes);
  }

  private static void mount(Console console) {
    console.run("mount " + DEVICE + "p1 " + MOUNTED).orThrow();
  }

  private static String prepare(String target, String name) {
    return "airbox flash prepare " + PACKAGE + " " + target + " --yes " + name + " --json";
  }

  /** Begins in the background; returns when this file is on the card. */
  private static void begin(Console console, String file) {
    console
        .run(
            prepare(MOUNTED, DEVICE + "p1")
                + " >/tmp/prepare.log 2>&1 & for i in $(seq 1200); do [ -e "
                + MOUNTED
                + "/"
                + file
                + " ] && break; sleep 0.1; done; [ -e "
                + MOUNTED
                + "/"
                + file
                + " ] || { cat /tmp/prepare.log; false; }",
            LONG)
        .orThrow();
  }

  /** The last event of this kind. */
  private static JsonNode event(CommandResult result, String kind) {
    List<JsonNode> found = new ArrayList<>();
    for (String line : result.output().split("\n", -1)) {
      if (line.startsWith("{") && line.contains("\"event\":\"" + kind + "\"")) {
        try {
          found.add(JSON.readTree(line));
        } catch (JsonProcessingException e) {
          throw new AssertionError(line, e);
        }
      }
    }
    assertThat(found).as(result.output()).isNotEmpty();
    return found.get(found.size() - 1);
  }

  /** Names of the files that are on the card, by mtools. */
  private static List<String> namesOnCard() {
    return shell("mdir -b -i '" + CARD + "@@4M' ::")
        .lines()
        .map(name -> name.substring(3))
        .toList();
  }

  private static void sameAsThePackage() throws IOException {
    Path out = FOLDER.resolve("out");
    shell("rm -rf '" + out + "' && mkdir '" + out + "'");
    shell("mcopy -i '" + CARD + "@@4M' '::*' '" + out + "'");
    try (Stream<Path> files = Files.list(FILES)) {
      for (Path file : files.toList()) {
        assertThat(Files.mismatch(file, out.resolve(file.getFileName())))
            .as(file.toString())
            .isEqualTo(-1);
      }
    }
  }

  @Test
  @Order(1)
  void aPowerCutLeavesNoCardToStartFromAndTheCopyGoesOn(LinuxDouble box, Console console)
      throws IOException {
    mount(console);
    begin(console, "models-3.bin");
    box.powerCut();
    assertThat(namesOnCard())
        .contains("models-2.bin")
        .doesNotContain("boot.scr", "fip.bin", "rootfs.3-of-3.gz");

    Console again = box.shell();
    mount(again);
    CommandResult result = again.run(prepare(MOUNTED, DEVICE + "p1") + " 2>&1", LONG);
    assertThat(result.status()).as(result.output()).isZero();
    assertThat(event(result, "written").path("bytesKept").asLong()).isGreaterThan(16L << 20);
    assertThat(event(result, "verified").path("verdict").asText()).isEqualTo("PROVEN");
    again.run("umount " + MOUNTED).orThrow();
    sameAsThePackage();
  }

  @Test
  @Order(2)
  void verifyReadsPastTheCacheAndBlamesTheCard(Console console) throws IOException {
    mount(console);
    String before = console.run("md5sum " + MOUNTED + "/models-4.bin").orThrow();
    flip(Files.readAllBytes(FILES.resolve("models-4.bin")));
    assertThat(console.run("md5sum " + MOUNTED + "/models-4.bin").orThrow())
        .as("the system still has it in its cache")
        .isEqualTo(before);

    CommandResult result =
        console.run("airbox flash verify " + MOUNTED + " " + PACKAGE + " --json 2>&1", LONG);
    assertThat(result.status()).as(result.output()).isEqualTo(1);
    JsonNode faults = event(result, "verified").path("faults");
    assertThat(faults).hasSize(1);
    assertThat(faults.get(0).path("culprit").asText()).isEqualTo("CARD");
    assertThat(faults.get(0).path("where").asText()).isEqualTo("models-4.bin");

    CommandResult ejected = console.run("airbox flash eject " + MOUNTED + " 2>&1", LONG);
    assertThat(ejected.status()).as(ejected.output()).isZero();
    assertThat(ejected.output()).contains("mmcblk0 is unmounted; take the card out");
    assertThat(console.run("mountpoint -q " + MOUNTED).status()).isNotZero();
  }

  /** A bit of the card turns, which the box is not told. */
  private static void flip(byte[] content) throws IOException {
    byte[] card = Files.readAllBytes(CARD);
    byte[] start = Arrays.copyOf(content, 512);
    int at = PART_AT * 512;
    while (!Arrays.equals(card, at, at + 512, start, 0, 512)) {
      at += 512;
    }
    try (FileChannel channel = FileChannel.open(CARD, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {(byte) (start[7] ^ 1)}), at + 7);
    }
  }

  @Test
  @Order(3)
  void aCopyThatWasKilledGoesOnAndMendsWhatIsWrong(Console console) throws IOException {
    mount(console);
    console.run("rm " + MOUNTED + "/models-[56].bin; sync").orThrow();
    begin(console, "models-5.bin");
    console.run("kill -KILL $(pidof java)").orThrow();
    assertThat(console.run("ls " + MOUNTED).orThrow()).doesNotContain("boot.scr\n", "fip.bin");
    CommandResult result = console.run(prepare(MOUNTED, DEVICE + "p1") + " --eject 2>&1", LONG);
    assertThat(result.status()).as(result.output()).isZero();
    assertThat(event(result, "verified").path("verdict").asText()).isEqualTo("PROVEN");
    assertThat(event(result, "ejected").path("text").asText()).contains("take the card out");
    sameAsThePackage();
  }

  @Test
  @Order(4)
  void aWholeCardIsWrittenByRootAloneAndNoDiskOfTheSystem(LinuxDouble box, Console console)
      throws IOException {
    for (String disk : List.of("/dev/vda", "/dev/vdb")) {
      CommandResult refused = console.run(prepare(disk, disk) + " 2>&1", LONG);
      assertThat(refused.status()).as(refused.output()).isEqualTo(2);
      assertThat(refused.output()).containsAnyOf("disk of this system", "is built in");
    }
    CommandResult wrongName = console.run(prepare(DEVICE, "/dev/sdx") + " 2>&1", LONG);
    assertThat(wrongName.status()).as(wrongName.output()).isEqualTo(2);
    CommandResult user =
        console.run(
            "chmod o+r "
                + PACKAGE
                + "; setpriv --reuid nobody --regid nogroup --clear-groups env HOME=/tmp "
                + prepare(DEVICE, DEVICE)
                + " 2>&1",
            LONG);
    assertThat(user.status()).as(user.output()).isEqualTo(2);
    assertThat(user.output()).contains("may not be written by you; run it with sudo");
    mount(console);
    CommandResult mounted = console.run(prepare(DEVICE, DEVICE) + " 2>&1", LONG);
    assertThat(mounted.output()).contains("unmount it first: umount " + MOUNTED);
    assertThat(mounted.status()).isEqualTo(2);
    console.run("umount " + MOUNTED).orThrow();

    console
        .run(
            prepare(DEVICE, DEVICE)
                + " >/tmp/prepare.log 2>&1 & for i in $(seq 1200); do grep -q 'write.*models'"
                + " /tmp/prepare.log && break; sleep 0.1; done; grep -q 'write.*models' /tmp/prepare.log",
            LONG)
        .orThrow();
    box.powerCut();
    try (RandomAccessFile card = new RandomAccessFile(CARD.toFile(), "r")) {
      byte[] first = new byte[512];
      card.readFully(first);
      assertThat(first).as("no partition table before the end").containsOnly(0);
    }

    Console again = box.shell();
    CommandResult result = again.run(prepare(DEVICE, DEVICE) + " 2>&1", LONG);
    assertThat(result.status()).as(result.output()).isZero();
    assertThat(event(result, "verified").path("verdict").asText()).isEqualTo("PROVEN");
    sameAsThePackage();
    assertThat(shell("sfdisk --dump '" + CARD + "'")).contains("type=c");
  }
}
