package io.airbox.flasher.source;

import io.airbox.flasher.Finding;
import io.airbox.flasher.FlashException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The files of a card package, whatever it is kept in. Only what lies at most one folder down. */
public interface PackageSource {
  /** What the files are kept in. */
  enum Form {
    FOLDER("folder"),
    ZIP("zip archive"),
    TAR("tar archive"),
    CARD_IMAGE("card image");

    private final String text;

    Form(String text) {
      this.text = text;
    }

    /** Its name for people. */
    public String text() {
      return text;
    }
  }

  /** Is shown the files. */
  @FunctionalInterface
  interface Visitor {
    /**
     * A file.
     *
     * @param path name, with one folder and a slash before it at most
     * @param bytes its length
     * @param content opens it; only during this call, and at most once
     * @throws IOException when the content cannot be read
     */
    void file(String path, long bytes, Content content) throws IOException;
  }

  /** A file that may be read. */
  @FunctionalInterface
  interface Content {
    /** Opens the file; whoever opens it closes it. */
    InputStream open() throws IOException;
  }

  /** What they are kept in. */
  Form form();

  /** Whether the others can still be read when reading one file failed. */
  boolean readsEachAlone();

  /**
   * Shows every file once, in whatever order costs least.
   *
   * @return what is wrong with the form itself, such as a card's layout
   * @throws IOException when it cannot be read, or is cut off
   */
  List<Finding> visit(Visitor visitor) throws IOException;

  /**
   * Tells what {@code path} is by its first bytes; its name does not matter.
   *
   * @throws FlashException {@code NOT_FOUND} or {@code NOT_A_PACKAGE}
   * @throws IOException when it cannot be read
   */
  static PackageSource open(Path path) throws IOException {
    return open(path, FileReads.cached());
  }

  /**
   * As {@link #open(Path)}.
   *
   * @param reads how a folder's files, or an image or card that is not compressed, are read;
   *     archives are always read through the cache
   */
  static PackageSource open(Path path, FileReads reads) throws IOException {
    if (Files.isDirectory(path)) {
      return new FolderSource(path, reads);
    }
    if (!Files.exists(path)) {
      throw new FlashException(FlashException.Reason.NOT_FOUND, path + ": no such file or folder");
    }
    return FileForm.of(path, reads);
  }
}
