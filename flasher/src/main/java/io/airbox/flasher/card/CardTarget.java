package io.airbox.flasher.card;

import io.airbox.flasher.FlashException;
import io.airbox.flasher.plan.CardFile;
import io.airbox.flasher.plan.CardPackage;
import io.airbox.flasher.source.FileReads;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a package is written to: a mounted card, a whole card, or the image of one. */
public abstract sealed class CardTarget permits MountedCard, CardDevice, CardImage {
  /**
   * What somebody wishes of a whole card or image.
   *
   * @param bytes how much of the card is used, or how large the image is; 0 for what the package
   *     needs and some room
   * @param anySize whether a device may be larger than a card usually is
   */
  public record Wishes(long bytes, boolean anySize) {
    /** None. */
    public static final Wishes NONE = new Wishes(0, false);
  }

  private static final int BLOCK_DEVICE = 0x6000;
  private static final int CHARACTER_DEVICE = 0x2000;
  private static final int FILE_TYPE = 0xF000;

  private final Path path;

  CardTarget(Path path) {
    this.path = path;
  }

  /**
   * Tells what {@code path} is: a folder has to be a mounted card, a device is written whole,
   * anything else is the name of an image.
   *
   * @throws FlashException {@code REFUSED} with the reason, {@code NOT_FOUND}
   */
  public static CardTarget of(Path path, Wishes wishes) {
    return of(path, wishes, Path.of("/"));
  }

  static CardTarget of(Path path, Wishes wishes, Path sysroot) {
    try {
      if (Files.isDirectory(path)) {
        return MountedCard.at(path, new LinuxDisks(sysroot));
      }
      String number = Files.exists(path) ? deviceNumber(path) : null;
      if (number != null || path.toString().startsWith("\\\\.\\")) {
        return CardDevice.at(path, number == null ? "" : number, wishes, new LinuxDisks(sysroot));
      }
      return CardImage.at(path, wishes);
    } catch (IOException e) {
      throw new FlashException(
          FlashException.Reason.REFUSED, path + " cannot be looked at: " + e.getMessage(), e);
    }
  }

  static boolean linux() {
    return System.getProperty("os.name").equals("Linux");
  }

  /** Major and minor number of a device, as {@code 8:16}; null for anything else. */
  static @Nullable String deviceNumber(Path path) throws IOException {
    if (!path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      return null;
    }
    Map<String, Object> attributes = Files.readAttributes(path, "unix:mode,rdev");
    int type = (int) attributes.getOrDefault("mode", 0) & FILE_TYPE;
    if (type != BLOCK_DEVICE && type != CHARACTER_DEVICE) {
      return null;
    }
    long number = (long) attributes.getOrDefault("rdev", 0L);
    long major = ((number >>> 8) & 0xFFF) | ((number >>> 32) & ~0xFFFL);
    long minor = (number & 0xFF) | ((number >>> 12) & ~0xFFL);
    return major + ":" + (minor & 0xFFFFFFFFL);
  }

  /** As it was named. */
  public Path path() {
    return path;
  }

  /** By this name whoever wants it written confirms it; a device's name where there is one. */
  public abstract String name();

  /** What it is, for whoever confirms it. */
  public abstract String description();

  /** Whether something may be lost, so that it has to be confirmed. */
  public abstract boolean overwrites();

  /**
   * Makes sure that the package may and can be written.
   *
   * @throws FlashException {@code REFUSED} with the reason
   */
  public final void check(CardPackage card) {
    try {
      Path source = card.path().toRealPath();
      if (Files.exists(path) && source.startsWith(path.toRealPath())) {
        throw refused(card.path() + " lies on the card itself; copy it elsewhere first");
      }
      for (CardFile file : card.contents()) {
        Fat32Layout.legal(file.name());
      }
      suits(card);
    } catch (IOException e) {
      throw new FlashException(
          FlashException.Reason.REFUSED, path + " cannot be looked at: " + e.getMessage(), e);
    }
  }

  /** Refuses what does not suit. */
  abstract void suits(CardPackage card) throws IOException;

  /** Begins to write; what is there is no card to start from any more. */
  abstract CardMedium begin(CardPackage card) throws IOException;

  /**
   * Writes a package. Each byte is checked on its way: the files that a box starts from are written
   * last, and only when the package is fit for flashing.
   *
   * @param scripts the package, as far as its scripts
   * @param progress is told what is written; by another thread
   * @throws FlashException {@code REFUSED}: nothing was changed; any other: the card does not look
   *     like a finished one
   */
  public final Prepared write(CardPackage scripts, CardPackage.Progress progress) {
    if (!scripts.usable()) {
      throw refused(scripts.path() + " is not fit for flashing; see airbox flash plan PACKAGE");
    }
    check(scripts);
    Map<String, CardFile> files =
        scripts.contents().stream().collect(Collectors.toMap(CardFile::name, Function.identity()));
    String prefix = scripts.folder().isEmpty() ? "" : scripts.folder() + "/";
    try (CardMedium medium = begin(scripts)) {
      CardPackage card =
          CardPackage.read(
              scripts.path(),
              FileReads.cached(),
              CardPackage.Depth.EVERYTHING,
              progress,
              (file, bytes) ->
                  file.startsWith(prefix) && file.indexOf('/', prefix.length()) < 0
                      ? new Guarded(this, medium, file.substring(prefix.length()), bytes, files)
                      : OutputStream.nullOutputStream());
      if (card.usable()) {
        medium.complete();
      }
      return new Prepared(card, card.bytes() - medium.kept(), medium.kept());
    } catch (IOException e) {
      throw failed(e);
    }
  }

  FlashException failed(IOException cause) {
    return new FlashException(
        FlashException.Reason.CARD_FAILED,
        "writing to "
            + path
            + " failed: "
            + cause.getMessage()
            + "; the card is not finished. Try another reader, then another card",
        cause);
  }

  static FlashException refused(String reason) {
    return new FlashException(FlashException.Reason.REFUSED, reason);
  }

  static String mebibytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f MiB", bytes / 1048576.0);
  }

  /** Tells trouble with the card from trouble with the package. */
  private static final class Guarded extends FilterOutputStream {
    private final CardTarget target;

    Guarded(
        CardTarget target,
        CardMedium medium,
        String name,
        long bytes,
        Map<String, CardFile> files) {
      super(open(target, medium, name, bytes, files));
      this.target = target;
    }

    private static OutputStream open(
        CardTarget target,
        CardMedium medium,
        String name,
        long bytes,
        Map<String, CardFile> files) {
      CardFile file = files.get(name);
      if (file == null || (bytes >= 0 && bytes != file.bytes())) {
        throw CardMedium.changed(name);
      }
      try {
        return medium.file(name, file.bytes());
      } catch (IOException e) {
        throw target.failed(e);
      }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        throw target.failed(e);
      }
    }

    @Override
    public void close() {
      try {
        out.close();
      } catch (IOException e) {
        throw target.failed(e);
      }
    }
  }
}
