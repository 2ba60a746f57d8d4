package io.airbox.daemon.updates;

import io.airbox.ota.download.DownloadListener;
import io.airbox.ota.download.DownloadOptions;
import io.airbox.ota.download.Downloader;
import io.airbox.ota.download.Time;
import io.airbox.ota.release.PackFiles;
import io.airbox.ota.release.Release;
import io.airbox.ota.signing.Envelope;
import io.airbox.ota.store.FileSource;
import io.airbox.ota.store.FolderSource;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where somebody said that a release is: its document on a web server or on this machine, with the
 * pack's files beside it. An address that ends in a slash, and a folder, mean {@code release.json}
 * in them.
 */
sealed interface UpdatePlace {
  /** The signed release, as it lies there. */
  byte[] document(DownloadOptions options, Time time, Instant floor)
      throws IOException, InterruptedException;

  /** The folder of the files, as it is remembered. */
  String files();

  /**
   * Reads what somebody said.
   *
   * @throws IllegalArgumentException it is neither
   */
  static UpdatePlace parse(String text) {
    if (isAddress(text)) {
      try {
        URI address = new URI(text);
        if (address.getHost() == null || address.getRawUserInfo() != null) {
          throw new IllegalArgumentException(
              "an address has a host and no password in it: https://HOST/PATH");
        }
        return new Web(text.endsWith("/") ? address.resolve(PackFiles.DOCUMENT) : address);
      } catch (URISyntaxException e) {
        throw new IllegalArgumentException("this is no address: " + e.getReason(), e);
      }
    }
    Path path =
        path(text)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "this is neither an address that begins with https:// nor an absolute"
                            + " path"));
    return new Local(Files.isDirectory(path) ? path.resolve(PackFiles.DOCUMENT) : path);
  }

  /** The files of a remembered place; empty when it is of another kind. */
  static Optional<FileSource> source(
      String place,
      Release release,
      DownloadOptions options,
      DownloadListener listener,
      Time time,
      Instant floor)
      throws IOException {
    if (isAddress(place)) {
      return Optional.of(
          new Downloader(
              List.of(URI.create(place)), options, listener, time, new SecureRandom(), floor));
    }
    Optional<Path> folder = path(place);
    return folder.isEmpty()
        ? Optional.empty()
        : Optional.of(FolderSource.of(folder.get(), release));
  }

  /** Whether a remembered place is one of these. */
  static boolean isKnown(String place) {
    return isAddress(place) || path(place).isPresent();
  }

  private static boolean isAddress(String text) {
    return text.startsWith("https://") || text.startsWith("http://");
  }

  private static Optional<Path> path(String text) {
    try {
      Path path = Path.of(text);
      return path.isAbsolute() ? Optional.of(path.normalize()) : Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  /** On a web server. */
  record Web(URI address) implements UpdatePlace {
    @Override
    public byte[] document(DownloadOptions options, Time time, Instant floor)
        throws InterruptedException {
      return Downloader.document(address, Envelope.LONGEST, options, time, floor);
    }

    @Override
    public String files() {
      return address.resolve(".").toString();
    }
  }

  /** On a disk or a stick of this machine. */
  record Local(Path file) implements UpdatePlace {
    @Override
    public byte[] document(DownloadOptions options, Time time, Instant floor) throws IOException {
      try (InputStream in = Files.newInputStream(file)) {
        return in.readNBytes(Envelope.LONGEST + 1); // one that is longer is refused by its length
      }
    }

    @Override
    public String files() {
      Path folder = file.getParent();
      return String.valueOf(folder == null ? file : folder);
    }
  }
}
