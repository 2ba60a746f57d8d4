package io.airbox.flasher.plan;

/**
 * One {@code mmc write} of a package's scripts, with the load and the unzip before it.
 *
 * @param partition name of the partition's script: {@code gpt}, {@code boot}, {@code rootfs}, …
 * @param script file with the commands
 * @param file chunk that is loaded
 * @param compressedBytes its length; -1 when the file is missing
 * @param loadAddress where it is loaded to, a memory address
 * @param unzipAddress where it is unpacked to and written from, a memory address
 * @param expectedBytes how many bytes it has to unpack to
 * @param firstBlock first block of 512 bytes on the eMMC
 * @param count number of blocks
 */
public record PlannedWrite(
    String partition,
    String script,
    String file,
    long compressedBytes,
    long loadAddress,
    long unzipAddress,
    long expectedBytes,
    long firstBlock,
    long count) {
  /** The first block behind it. */
  public long end() {
    return firstBlock + count;
  }
}
