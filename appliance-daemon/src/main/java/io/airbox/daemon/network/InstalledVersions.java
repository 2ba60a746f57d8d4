package io.airbox.daemon.network;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.tinylog.Logger;

/** Versions of packages, from dpkg's database: paragraphs of {@code Name: value} lines. */
final class InstalledVersions {
  private InstalledVersions() {}

  /**
   * Versions of those packages that are installed.
   *
   * @param sysroot prefix of every path
   */
  static Map<String, String> of(Path sysroot, Set<String> packages) {
    Map<String, String> versions = new TreeMap<>();
    Path file = sysroot.resolve("var/lib/dpkg/status");
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
      String name = "";
      boolean installed = false;
      for (String line = lines.readLine();
          line != null && versions.size() < packages.size();
          line = lines.readLine()) {
        if (line.startsWith("Package: ")) {
          name = line.substring("Package: ".length()).strip();
          installed = false;
        } else if (line.startsWith("Status: ")) {
          installed = line.endsWith(" installed");
        } else if (line.startsWith("Version: ") && installed && packages.contains(name)) {
          versions.put(name, line.substring("Version: ".length()).strip());
        }
      }
    } catch (IOException e) {
      Logger.debug("{}: {}", file, e.toString());
    }
    return versions;
  }
}
