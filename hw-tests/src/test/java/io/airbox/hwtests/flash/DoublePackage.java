package io.airbox.hwtests.flash;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;

/**
 * A small card package of the vendor's making: scripts, a partition table, chunks; and cards and
 * targets for it. A box that was flashed with it comes to a login.
 */
public final class DoublePackage {
  static final int BLOCK = 512;

  /** The chunk that is spoiled when one is. */
  static final String VICTIM = "rootfs.5-of-12.gz";

  private static final int CHUNK_BLOCKS = 2048;
  private static final int FIRST_BLOCK = 8192;
  private static final int TABLE_BLOCKS = 34;
  private static final int CARD_MIB = 64;
  private static final int TARGET_MIB = 32;
  private static final int CARD_FIRST_BLOCK = 2048;
  private static final String LOAD = "load ${devtype} ${devnum}:${distro_bootpart} ";

  /** What a partition has to hold: first block and content. */
  record Content(int firstBlock, byte[] bytes) {}

  private final Path folder;
  private final Map<String, Content> partitions = new LinkedHashMap<>();
  private final Random random = new Random(7);

  private DoublePackage(Path folder) {
    this.folder = folder;
  }

  /** Writes the package's files into a new folder. */
  public static DoublePackage create(Path folder) throws IOException {
    DoublePackage made = new DoublePackage(Files.createDirectories(folder));
    made.write();
    return made;
  }

  public Path folder() {
    return folder;
  }

  Map<String, Content> partitions() {
    return partitions;
  }

  private void write() throws IOException {
    int at = FIRST_BLOCK;
    Map<String, byte[]> contents = new LinkedHashMap<>();
    contents.put("boot", bootFileSystem());
    contents.put("recovery", content(CHUNK_BLOCKS * 3 / 2));
    contents.put("misc", content(CHUNK_BLOCKS));
    contents.put("rootfs", content(CHUNK_BLOCKS * 12 - 100));
    contents.put("data", content(CHUNK_BLOCKS / 2));
    for (Map.Entry<String, byte[]> each : contents.entrySet()) {
      partitions.put(each.getKey(), new Content(at, each.getValue()));
      at += each.getValue().length / BLOCK;
    }
    StringBuilder top = new StringBuilder("mmc dev 0\n").append(loop("eMMC not exist"));
    script("boot_emmc-gpt", "# gpt\n" + chunk("gpt.gz", table(), 0));
    top.append(call("boot_emmc-gpt"));
    int index = 1;
    for (Map.Entry<String, Content> each : partitions.entrySet()) {
      String name = each.getKey();
      script("boot_emmc-" + name, partition(index++, name, each.getValue()));
      top.append(call("boot_emmc-" + name));
    }
    script("boot_emmc", top + "echo eMMC update done\nbm_savelog mmc 0:1 end.log\n");
    script("boot_spif", "# this package leaves the boot firmware as it is\n");
    script(
        "boot",
        """
        # made for the double
        setenv update_all 1
        led status off
        led error on
        echo update SPI flash
        """
            + call("boot_spif")
            + "echo update eMMC\n"
            + call("boot_emmc")
            + """
            echo all done
            led status on
            led error off
            load ${devtype} ${devnum}:${distro_bootpart} ${scriptaddr} /$ota_path/post.scr && source ${scriptaddr}
            while true; do
            echo "Please remove the installation medium, then reboot"; sleep 0.5; done;
            """);
    Files.write(folder.resolve("BOOT"), new byte[0]);
    byte[] firmware = new byte[4096];
    random.nextBytes(firmware);
    Files.write(folder.resolve("fip.bin"), firmware);
    checksums();
  }

  private static String call(String script) {
    return LOAD + "${scriptaddr} /$ota_path/" + script + ".scr\nsource ${scriptaddr}\n";
  }

  private static String loop(String error) {
    return "if test $? -ne 0; then\nled status off\nwhile true; do; echo \"ERROR: "
        + error
        + "\"; sleep 0.5; done; fi;\n";
  }

  private String partition(int index, String name, Content content) throws IOException {
    StringBuilder text = new StringBuilder("# " + name + "\n");
    if (index > 2) {
      text.append("bm_savelog mmc 0:1 ").append(index).append(".log\n");
    }
    int bytes = CHUNK_BLOCKS * BLOCK;
    int chunks = (content.bytes().length + bytes - 1) / bytes;
    for (int i = 0; i < chunks; i++) {
      byte[] data =
          Arrays.copyOfRange(
              content.bytes(), i * bytes, Math.min(content.bytes().length, (i + 1) * bytes));
      text.append(
          chunk(
              name + "." + (i + 1) + "-of-" + chunks + ".gz",
              data,
              content.firstBlock() + i * CHUNK_BLOCKS));
    }
    return text.toString();
  }

  private String chunk(String name, byte[] data, int block) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(data);
    }
    Files.write(folder.resolve(name), packed.toByteArray());
    return LOAD
        + "${ramdisk_addr_r} /$ota_path/"
        + name
        + "\n"
        + loop("load package failed")
        + String.format(Locale.ROOT, "unzip ${ramdisk_addr_r} ${unzip_addr} 0x%08x%n", data.length)
        + loop("load package failed")
        + String.format(
            Locale.ROOT, "mmc write ${unzip_addr} 0x%08x 0x%08x%n", block, data.length / BLOCK)
        + loop("eMMC write failed");
  }

  /** No two blocks alike, and packed small. */
  private byte[] content(int blocks) {
    ByteBuffer content = ByteBuffer.allocate(blocks * BLOCK);
    for (int i = 0; i < blocks; i++) {
      content.putLong(i * BLOCK, random.nextLong());
    }
    return content.array();
  }

  /** A file system with a script from which a box without a card "boots". */
  private byte[] bootFileSystem() throws IOException {
    Path image = folder.resolveSibling("boot.fat");
    Path script = folder.resolveSibling("boot.scr.emmc");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(CHUNK_BLOCKS * 2L * BLOCK);
    }
    Files.write(
        script,
        image(
            "boot",
            """
            echo Booting from eMMC
            echo "Ubuntu 20.04 LTS bm1684 ttyS0"
            echo -n "bm1684 login: "
            while true; do sleep 1; done
            """));
    HostPrograms.run("mkfs.fat", "--invariant", image.toString());
    HostPrograms.run("mcopy", "-i", image.toString(), script.toString(), "::boot.scr.emmc");
    return Files.readAllBytes(image);
  }

  private byte[] table() {
    int blocks = TARGET_MIB << 11;
    ByteBuffer table = ByteBuffer.allocate(TABLE_BLOCKS * BLOCK).order(ByteOrder.LITTLE_ENDIAN);
    table.put(450, (byte) 0xEE).putInt(454, 1).putInt(458, blocks - 1);
    table.put(510, (byte) 0x55).put(511, (byte) 0xAA);
    int entry = 2 * BLOCK;
    for (Map.Entry<String, Content> each : partitions.entrySet()) {
      Content content = each.getValue();
      table.putLong(entry, 0x477284830fc63dafL).putLong(entry + 8, 0xe47d47d8693d798eL);
      table.putLong(entry + 16, random.nextLong()).putLong(entry + 24, random.nextLong());
      table.putLong(entry + 32, content.firstBlock());
      table.putLong(entry + 40, content.firstBlock() + content.bytes().length / BLOCK - 1);
      table.put(entry + 56, each.getKey().getBytes(StandardCharsets.UTF_16LE));
      entry += 128;
    }
    table.put(BLOCK, "EFI PART".getBytes(StandardCharsets.US_ASCII));
    table.putInt(BLOCK + 8, 0x10000).putInt(BLOCK + 12, 92);
    table.putLong(BLOCK + 24, 1).putLong(BLOCK + 32, blocks - 1);
    table.putLong(BLOCK + 40, TABLE_BLOCKS).putLong(BLOCK + 48, blocks - TABLE_BLOCKS);
    table.putLong(BLOCK + 72, 2).putInt(BLOCK + 80, 128).putInt(BLOCK + 84, 128);
    table.putInt(BLOCK + 88, crc(table.array(), 2 * BLOCK, 128 * 128));
    table.putInt(BLOCK + 16, crc(table.array(), BLOCK, 92));
    return table.array();
  }

  private void script(String name, String text) throws IOException {
    Files.write(folder.resolve(name + ".scr"), image(name, text));
  }

  /** U-Boot's legacy image of a script. */
  private static byte[] image(String name, String text) {
    byte[] body = text.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer file = ByteBuffer.allocate(72 + body.length);
    file.putInt(64, body.length).put(72, body);
    file.putInt(0, 0x27051956).putInt(8, 1718000000).putInt(12, body.length + 8);
    file.putInt(24, crc(file.array(), 64, body.length + 8));
    file.put(28, (byte) 5).put(29, (byte) 22).put(30, (byte) 6);
    file.put(32, name.getBytes(StandardCharsets.US_ASCII));
    return file.putInt(4, crc(file.array(), 0, 64)).array();
  }

  private static int crc(byte[] bytes, int from, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, from, length);
    return (int) crc.getValue();
  }

  private void checksums() throws IOException {
    StringBuilder list = new StringBuilder();
    for (Path file : files()) {
      list.append(hash("MD5", Files.readAllBytes(file)))
          .append("  ")
          .append(file.getFileName())
          .append('\n');
    }
    Files.writeString(folder.resolve("md5.txt"), list);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return new ArrayList<>(files.sorted().toList());
    }
  }

  static String hash(String algorithm, byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Something that went wrong with a file on its way to the card. */
  @FunctionalInterface
  public interface Spoiling {
    /** Does it to the folder that will be copied. */
    void spoil(Path folder) throws IOException;
  }

  /**
   * A card with these files: MBR and FAT32.
   *
   * @param image to be written
   * @param spoiling is done to a copy of the files first
   */
  public void card(Path image, Spoiling spoiling) throws IOException {
    Path copy = Files.createDirectories(image.resolveSibling(image.getFileName() + ".files"));
    for (Path file : files()) {
      Files.copy(file, copy.resolve(file.getFileName()));
    }
    spoiling.spoil(copy);
    blank(image, CARD_MIB);
    int blocks = (CARD_MIB << 11) - CARD_FIRST_BLOCK;
    ByteBuffer record = ByteBuffer.allocate(BLOCK).order(ByteOrder.LITTLE_ENDIAN);
    record.put(450, (byte) 0x0C).putInt(454, CARD_FIRST_BLOCK).putInt(458, blocks);
    record.put(510, (byte) 0x55).put(511, (byte) 0xAA);
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.write(record.array());
    }
    HostPrograms.run(
        "mkfs.fat",
        "-F",
        "32",
        "-s",
        "1",
        "-n",
        "AIRBOX",
        "--offset",
        Integer.toString(CARD_FIRST_BLOCK),
        image.toString(),
        Integer.toString(blocks / 2));
    List<String> command = new ArrayList<>(List.of("mcopy", "-i", image + "@@1M"));
    try (Stream<Path> files = Files.list(copy)) {
      files.sorted().forEach(file -> command.add(file.toString()));
    }
    command.add("::");
    HostPrograms.run(command.toArray(String[]::new));
  }

  /** An empty target that is large enough. */
  public static void target(Path image) throws IOException {
    blank(image, TARGET_MIB);
  }

  /** An empty target on which the package has no room. */
  static void smallTarget(Path image) throws IOException {
    blank(image, 8);
  }

  private static void blank(Path image, int mib) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength((long) mib << 20);
    }
  }
}
