package io.airbox.flasher.source;

import io.airbox.flasher.Finding;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** A zip archive; its directory tells the files without unpacking them. */
final class ZipSource implements PackageSource {
  private final Path archive;

  ZipSource(Path archive) {
    this.archive = archive;
  }

  @Override
  public Form form() {
    return Form.ZIP;
  }

  @Override
  public boolean readsEachAlone() {
    return false;
  }

  @Override
  public List<Finding> visit(Visitor visitor) throws IOException {
    try (ZipFile zip = new ZipFile(archive.toFile())) {
      Enumeration<? extends ZipEntry> entries = zip.entries();
      while (entries.hasMoreElements()) {
        ZipEntry entry = entries.nextElement();
        Optional<String> path = FilePaths.near(entry.getName());
        if (!entry.isDirectory() && path.isPresent()) {
          visitor.file(path.get(), entry.getSize(), () -> zip.getInputStream(entry));
        }
      }
    }
    return List.of();
  }
}
