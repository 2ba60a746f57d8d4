package io.airbox.flasher.source;

import io.airbox.flasher.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A folder, or a mounted card. */
final class FolderSource implements PackageSource {
  private final Path folder;
  private final FileReads reads;

  FolderSource(Path folder, FileReads reads) {
    this.folder = folder;
    this.reads = reads;
  }

  @Override
  public Form form() {
    return Form.FOLDER;
  }

  @Override
  public boolean readsEachAlone() {
    return true;
  }

  @Override
  public List<Finding> visit(Visitor visitor) throws IOException {
    for (Path each : children(folder)) {
      if (Files.isRegularFile(each)) {
        show(each, visitor);
      } else if (Files.isDirectory(each) && Files.isReadable(each)) {
        for (Path inner : children(each)) {
          if (Files.isRegularFile(inner)) {
            show(inner, visitor);
          }
        }
      }
    }
    return List.of();
  }

  private void show(Path file, Visitor visitor) throws IOException {
    String path = folder.relativize(file).toString().replace('\\', '/');
    visitor.file(path, Files.size(file), () -> reads.stream(file));
  }

  private static List<Path> children(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children.sorted().toList();
    }
  }
}
