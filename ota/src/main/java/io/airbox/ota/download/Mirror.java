package io.airbox.ota.download;

import io.airbox.ota.release.ReleaseFile;
import java.net.URI;
import java.util.Optional;

/** A place that has files of releases. Two that are equal are the same place. */
public interface Mirror {
  /** What it is called: an address without secrets. */
  String name();

  /** Where a file is; empty when it is not there. */
  Optional<URI> address(ReleaseFile file);

  /** A folder that has a release's files by their paths. */
  record Folder(URI folder) implements Mirror {
    @Override
    public String name() {
      return folder.toString();
    }

    @Override
    public Optional<URI> address(ReleaseFile file) {
      return Optional.of(folder.resolve(file.path()));
    }
  }
}
