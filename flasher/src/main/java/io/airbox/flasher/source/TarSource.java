package io.airbox.flasher.source;

import io.airbox.flasher.Finding;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** A tar archive, which is read from beginning to end. */
final class TarSource implements PackageSource {
  private final Path archive;
  private final Compression compression;

  TarSource(Path archive, Compression compression) {
    this.archive = archive;
    this.compression = compression;
  }

  @Override
  public Form form() {
    return Form.TAR;
  }

  @Override
  public boolean readsEachAlone() {
    return false;
  }

  @Override
  public List<Finding> visit(Visitor visitor) throws IOException {
    try (TarArchiveInputStream tar = new TarArchiveInputStream(compression.open(archive))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Optional<String> path = FilePaths.near(entry.getName());
        if (entry.isFile() && path.isPresent()) {
          visitor.file(path.get(), entry.getRealSize(), () -> new Unclosable(tar));
        }
      }
    }
    return List.of();
  }

  /** The entry ends, the archive goes on. */
  private static final class Unclosable extends FilterInputStream {
    Unclosable(InputStream in) {
      super(in);
    }

    @Override
    public void close() {
      // the archive is closed by whoever opened it
    }
  }
}
