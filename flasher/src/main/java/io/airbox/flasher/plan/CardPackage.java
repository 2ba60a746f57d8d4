package io.airbox.flasher.plan;

import io.airbox.flasher.Finding;
import io.airbox.flasher.FlashException;
import io.airbox.flasher.source.PackageSource;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A card package: the files that an SD card for flashing holds, in whatever they are kept.
 *
 * @param path folder or file
 * @param form what it is
 * @param folder the folder inside of it that holds the files; empty when that is the top
 * @param files number of files
 * @param bytes length of all files
 * @param depth how much of it was read
 * @param plan what its scripts write
 * @param findings what is not as it has to be; errors first
 */
public record CardPackage(
    Path path,
    PackageSource.Form form,
    String folder,
    int files,
    long bytes,
    Depth depth,
    FlashPlan plan,
    List<Finding> findings) {
  /** How much of a package is read. */
  public enum Depth {
    /** Scripts, checksums and the partition table: enough for the plan. */
    SCRIPTS,
    /** Every byte: checksums of all files, and each chunk unpacked. */
    EVERYTHING
  }

  /** Is told how far the reading is. */
  @FunctionalInterface
  public interface Progress {
    /**
     * A file was read.
     *
     * @param file its name
     * @param bytes how many bytes of all files were read so far
     */
    void read(String file, long bytes);
  }

  public CardPackage {
    findings = List.copyOf(findings);
  }

  /**
   * Reads a package without a listener.
   *
   * @see #read(Path, Depth, Progress)
   */
  public static CardPackage read(Path path, Depth depth) {
    return read(path, depth, (file, bytes) -> {});
  }

  /**
   * Reads a package. Nothing is unpacked to disk.
   *
   * @throws FlashException with any of its reasons; a package that can be read and is wrong has
   *     findings instead
   */
  public static CardPackage read(Path path, Depth depth, Progress progress) {
    try {
      PackageSource source = PackageSource.open(path);
      PackageReading reading = new PackageReading(depth, progress);
      List<Finding> layout = source.visit(reading);
      return reading.conclude(path, source.form(), layout);
    } catch (InterruptedIOException e) {
      Thread.currentThread().interrupt();
      throw new FlashException(
          FlashException.Reason.INTERRUPTED, path + ": the reading was interrupted", e);
    } catch (EOFException e) {
      String detail = e.getMessage() == null ? "" : " (" + e.getMessage() + ")";
      throw new FlashException(
          FlashException.Reason.UNREADABLE,
          path + " is cut off" + detail + "; download or copy it again",
          e);
    } catch (IOException e) {
      throw new FlashException(
          FlashException.Reason.UNREADABLE, path + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** Whether a flash with this package can go right, as far as it was read. */
  public boolean usable() {
    return findings.stream().noneMatch(Finding::error);
  }
}
