package io.airbox.flasher.source;

import io.airbox.flasher.FlashException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells zip, tar and card images apart by what is in them. */
final class FileForm {
  /** The first block tells tar and a card's layout. */
  private static final int HEAD = 512;

  private static final int ZIP_MAGIC = 0x04034B50;
  private static final int ZIP_MAGIC_EMPTY = 0x06054B50;
  private static final int TAR_MAGIC_AT = 257;
  private static final String TAR_MAGIC = "ustar";
  private static final int TAR_SUM_AT = 148;
  private static final int TAR_SUM_END = 156;

  private FileForm() {}

  static PackageSource of(Path path, FileReads reads) throws IOException {
    byte[] outer = head(Compression.NONE, path);
    Compression compression = Compression.of(outer);
    byte[] head = compression == Compression.NONE ? outer : head(compression, path);
    if (compression == Compression.NONE && isZip(head)) {
      return new ZipSource(path);
    }
    if (isTar(head)) {
      return new TarSource(path, compression);
    }
    if (CardImageSource.looksLikeCard(head)) {
      return new CardImageSource(path, compression, reads);
    }
    throw new FlashException(
        FlashException.Reason.NOT_A_PACKAGE,
        path
            + " is no card package: neither zip, nor tar, nor the image of a card (an MBR or FAT"
            + " boot sector), plain or in gzip or xz; unpack it and name the folder");
  }

  private static byte[] head(Compression compression, Path path) throws IOException {
    try (InputStream in =
        compression == Compression.NONE ? Files.newInputStream(path) : compression.open(path)) {
      return in.readNBytes(HEAD);
    } catch (EOFException e) {
      throw new FlashException(
          FlashException.Reason.UNREADABLE,
          path + " ends in its first block; download or copy it again",
          e);
    }
  }

  private static boolean isZip(byte[] head) {
    if (head.length < Integer.BYTES) {
      return false;
    }
    int magic = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getInt();
    return magic == ZIP_MAGIC || magic == ZIP_MAGIC_EMPTY;
  }

  /** By the magic of ustar and GNU tar, or by the checksum of older ones. */
  private static boolean isTar(byte[] head) {
    if (head.length < HEAD || head[0] == 0) {
      return false;
    }
    if (new String(head, TAR_MAGIC_AT, TAR_MAGIC.length(), StandardCharsets.ISO_8859_1)
        .equals(TAR_MAGIC)) {
      return true;
    }
    int sum = 0;
    for (int i = 0; i < HEAD; i++) {
      sum += i >= TAR_SUM_AT && i < TAR_SUM_END ? ' ' : head[i] & 0xFF;
    }
    String written =
        new String(head, TAR_SUM_AT, TAR_SUM_END - TAR_SUM_AT, StandardCharsets.ISO_8859_1)
            .replace("\0", "")
            .strip();
    return written.matches("[0-7]{1,7}") && Integer.parseInt(written, 8) == sum;
  }
}
