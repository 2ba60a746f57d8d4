package io.airbox.flasher.source;

import java.util.Optional;

/** Names of files in archives, made alike. */
final class FilePaths {
  private FilePaths() {}

  /** The name without a leading {@code ./}; empty for what lies deeper than one folder. */
  static Optional<String> near(String name) {
    String path = name.replace('\\', '/');
    while (path.startsWith("./") || path.startsWith("/")) {
      path = path.substring(path.indexOf('/') + 1);
    }
    int first = path.indexOf('/');
    boolean near = !path.isEmpty() && first == path.lastIndexOf('/') && !path.startsWith("../");
    return near ? Optional.of(path) : Optional.empty();
  }
}
