package io.airbox.flasher.plan;

import io.airbox.flasher.Finding;
import io.airbox.flasher.FlashException;
import io.airbox.flasher.source.FileReads;
import io.airbox.flasher.source.PackageSource;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * A card package: the files that an SD card for flashing holds, in whatever they are kept.
 *
 * @param path folder or file
 * @param form what it is
 * @param folder the folder inside of it that holds the files; empty when that is the top
 * @param contents its files, in the order in which their form shows them
 * @param depth how much of it was read
 * @param plan what its scripts write
 * @param findings what is not as it has to be; errors first
 */
public record CardPackage(
    Path path,
    PackageSource.Form form,
    String folder,
    List<CardFile> contents,
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
     * Something was read; called by another thread, a few times a second or more.
     *
     * @param file the file's name
     * @param bytes how many bytes of all files were read so far
     */
    void read(String file, long bytes);
  }

  /** Takes what is read, as it is read. */
  @FunctionalInterface
  public interface Copy {
    /**
     * A file begins. The stream is written by another thread, is closed at the file's end, and also
     * when that was not reached.
     *
     * @param path as {@link PackageSource.Visitor} has it
     * @param bytes the file's length; -1 if not known
     */
    OutputStream file(String path, long bytes) throws IOException;

    /** Takes nothing. */
    Copy NONE = (path, bytes) -> OutputStream.nullOutputStream();
  }

  public CardPackage {
    contents = List.copyOf(contents);
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
    return read(path, FileReads.cached(), depth, progress, Copy.NONE);
  }

  /**
   * Reads a package, and hands on what it reads.
   *
   * @param reads how its files are read
   * @param copy takes the bytes of every file that is read; with {@link Depth#EVERYTHING} all. A
   *     file that cannot be read ends such a reading, as it does with any archive; else it is a
   *     finding
   * @throws FlashException with any of its reasons
   */
  public static CardPackage read(
      Path path, FileReads reads, Depth depth, Progress progress, Copy copy) {
    try {
      PackageSource source = PackageSource.open(path, reads);
      boolean goesOn = copy == Copy.NONE && source.readsEachAlone();
      try (PackageReading reading = new PackageReading(depth, progress, copy, goesOn)) {
        List<Finding> layout = source.visit(reading);
        return reading.conclude(path, source.form(), layout);
      }
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

  /** Number of files. */
  public int files() {
    return contents.size();
  }

  /** Length of all files. */
  public long bytes() {
    return contents.stream().mapToLong(CardFile::bytes).sum();
  }

  /** Whether a flash with this package can go right, as far as it was read. */
  public boolean usable() {
    return findings.stream().noneMatch(Finding::error);
  }
}
