package io.airbox.ota.store;

import io.airbox.ota.UpdateException;
import io.airbox.ota.UpdateException.Reason;
import io.airbox.ota.release.PackFiles;
import io.airbox.ota.release.Release;
import io.airbox.ota.release.ReleaseFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** A folder, such as one on a USB stick. */
public final class FolderSource implements FileSource {
  private static final int BUFFER = 1 << 20;

  private final Path folder;

  private FolderSource(Path folder) {
    this.folder = folder;
  }

  /**
   * Takes a folder that has a release's files, by names and lengths, and nothing else.
   *
   * @throws UpdateException {@code WRONG_CONTENT}, naming the first file that differs
   * @throws IOException the folder cannot be read
   */
  public static FolderSource of(Path folder, Release release) throws IOException {
    PackFiles.compare(release, folder);
    return new FolderSource(folder.toAbsolutePath().normalize());
  }

  @Override
  public String place() {
    return folder.toString();
  }

  @Override
  public void bring(ReleaseFile file, Part part) throws IOException, InterruptedException {
    Path path = folder.resolve(file.path());
    if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new UpdateException(Reason.WRONG_CONTENT, path + " is not a file any more");
    }
    try (InputStream in = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)) {
      in.skipNBytes(part.length());
      byte[] buffer = new byte[BUFFER];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (Thread.interrupted()) {
          throw new InterruptedException("reading " + path + " was interrupted");
        }
        part.append(buffer, 0, n);
      }
    }
  }
}
