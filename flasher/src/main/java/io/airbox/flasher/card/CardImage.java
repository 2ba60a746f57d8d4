package io.airbox.flasher.card;

import io.airbox.flasher.plan.CardPackage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The image of a card, a file for the program that writes cards. It has another name until it is
 * whole. What no file uses takes no room on disk where the file system can do that.
 */
final class CardImage extends CardTarget {
  private static final String SUFFIX = ".img";

  private final Wishes wishes;

  private CardImage(Path path, Wishes wishes) {
    super(path);
    this.wishes = wishes;
  }

  static CardImage at(Path path, Wishes wishes) {
    Path folder = path.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw refused(path + ": there is no folder " + folder + " for the image");
    }
    if (folder.startsWith("/dev")) {
      throw refused(path + ": no such device; is the card in the reader?");
    }
    if (!path.toString().endsWith(SUFFIX)) {
      throw refused(
          path + ": no such folder or device, and no image, whose name would end with " + SUFFIX);
    }
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw refused(path + " is neither a mounted card, nor a card, nor a file");
    }
    return new CardImage(path, wishes);
  }

  @Override
  public String name() {
    return path().toString();
  }

  @Override
  public String description() {
    return overwrites() ? "the file " + path() + ", which is replaced" : "a new image " + path();
  }

  @Override
  public boolean overwrites() {
    return Files.exists(path());
  }

  private Fat32Layout layout(CardPackage card) {
    long bytes = wishes.bytes() > 0 ? wishes.bytes() : Fat32Layout.usualBytes(card.contents());
    return Fat32Layout.of(card.contents(), bytes);
  }

  @Override
  void suits(CardPackage card) throws IOException {
    if (Files.exists(path()) && Files.isSameFile(path(), card.path())) {
      throw refused(path() + " is the package itself; name another file");
    }
    layout(card);
    Path folder = unfinished().getParent();
    long room = folder == null ? Long.MAX_VALUE : Files.getFileStore(folder).getUsableSpace();
    if (room < card.bytes()) {
      throw refused(
          folder + " has " + mebibytes(room) + " left, the image needs " + mebibytes(card.bytes()));
    }
  }

  private Path unfinished() {
    return path().toAbsolutePath().resolveSibling("." + path().getFileName() + ".part");
  }

  @Override
  CardMedium begin(CardPackage card) throws IOException {
    Fat32Layout layout = layout(card);
    Path unfinished = unfinished();
    Files.deleteIfExists(unfinished);
    FileChannel channel =
        FileChannel.open(unfinished, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
    try {
      VolumeMedium volume = VolumeMedium.begin(channel, layout, true);
      return new Unfinished(volume, channel, unfinished, path(), layout.end());
    } catch (IOException e) {
      channel.close();
      Files.deleteIfExists(unfinished);
      throw e;
    }
  }

  /** Becomes the image when it is whole. */
  private record Unfinished(
      VolumeMedium volume, FileChannel channel, Path from, Path to, long bytes)
      implements CardMedium {
    @Override
    public OutputStream file(String name, long length) throws IOException {
      return volume.file(name, length);
    }

    @Override
    public void complete() throws IOException {
      if (channel.size() < bytes) {
        channel.write(ByteBuffer.wrap(new byte[1]), bytes - 1);
      }
      volume.complete();
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      Path folder = from.getParent();
      if (folder != null) {
        FolderMedium.sync(folder);
      }
    }

    @Override
    public long kept() {
      return 0;
    }

    @Override
    public void close() throws IOException {
      volume.close();
      Files.deleteIfExists(from);
    }
  }
}
