package io.airbox.daemon;

import io.airbox.daemon.config.StorageConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * Where things lie on this machine.
 *
 * @param data identity, state and pictures
 * @param models folders with packs, the first wins; imported packs go into the last
 * @param home the distribution: {@code bin}, {@code lib}, {@code models}; null in a development
 *     tree
 */
public record Places(Path data, List<Path> models, @Nullable Path home) {
  /** System property with the folder of the distribution, set by its launcher. */
  public static final String HOME = "airbox.home";

  private static final String CLASS_ARCHIVE = "lib/airbox.jsa";

  /** The socket of the system's own daemon. */
  public static final Path SYSTEM_SOCKET = Path.of("/run/airbox/api.sock");

  /** Fills in what was left to the machine. */
  public static Places of(StorageConfig config) {
    String property = System.getProperty(HOME);
    return of(config, property == null ? null : Path.of(property).toAbsolutePath().normalize());
  }

  static Places of(StorageConfig config, @Nullable Path home) {
    Path data = config.data() == null ? usualData(Path.of("/")) : config.data();
    List<Path> models = new ArrayList<>(config.models());
    if (models.isEmpty()) {
      if (home != null) {
        models.add(home.resolve("models")); // first: an import does not change everybody's default
      }
      models.add(data.resolve("models"));
    }
    return new Places(data, List.copyOf(models), home);
  }

  /** {@code /data/airbox} on an AirBox, else {@code ~/.airbox}. */
  static Path usualData(Path root) {
    Path persistent = root.resolve("data");
    return Files.isDirectory(persistent) && isAirBox(root)
        ? persistent.resolve("airbox")
        : Path.of(System.getProperty("user.home"), ".airbox");
  }

  private static boolean isAirBox(Path root) {
    if (Files.exists(root.resolve("dev/bmdev-ctl"))) {
      return true;
    }
    for (String name : List.of("proc/device-tree/model", "proc/device-tree/compatible")) {
      try {
        String text = Files.readString(root.resolve(name), StandardCharsets.ISO_8859_1);
        String known = text.toLowerCase(Locale.ROOT);
        if (known.contains("sophgo") || known.contains("bitmain") || known.contains("bm1684")) {
          return true;
        }
      } catch (IOException e) {
        Logger.trace(e, "{} does not say what machine this is", name);
      }
    }
    return false;
  }

  /** The local socket of a daemon that works on this data. */
  public Path socket() {
    return data.resolve("api.sock");
  }

  /** The documents of keys that came with this software; null when it is not a distribution. */
  public @Nullable Path trust() {
    return home == null ? null : home.resolve("trust");
  }

  /** Unpacked native libraries for this machine; null when the distribution has none. */
  @Nullable Path nativeLibraries() {
    if (home == null) {
      return null;
    }
    String machine =
        switch (System.getProperty("os.arch")) {
          case "amd64", "x86_64" -> "linux-x64";
          case "aarch64" -> "linux-aarch64";
          default -> "other";
        };
    Path folder = home.resolve("lib").resolve("native").resolve(machine);
    return Files.isDirectory(folder) ? folder : null;
  }

  /**
   * JVM options with which an engine process of this distribution starts sooner: where unpacked
   * native libraries lie, and the archive of its classes if there is one.
   */
  public List<String> engineOptions() {
    List<String> options = new ArrayList<>();
    nativeProperties().forEach((name, value) -> options.add("-D" + name + "=" + value));
    if (home != null && Files.isReadable(home.resolve(CLASS_ARCHIVE))) {
      options.add("-XX:SharedArchiveFile=" + home.resolve(CLASS_ARCHIVE));
      options.add("-Xlog:disable"); // an archive of other jars is passed over without a word
      options.add("-Xlog:all=error:stderr");
    }
    return options;
  }

  /** Tells this process where unpacked native libraries lie. */
  public void announceNativeLibraries() {
    nativeProperties().forEach(System::setProperty);
  }

  /**
   * Where ONNX Runtime looks for its libraries (a folder) and the tokenizers for theirs (a file).
   */
  private Map<String, String> nativeProperties() {
    Path folder = nativeLibraries();
    if (folder == null) {
      return Map.of();
    }
    Map<String, String> properties = new TreeMap<>();
    properties.put("onnxruntime.native.path", folder.toString());
    properties.put("RUST_LIBRARY_PATH", folder.resolve("libtokenizers.so").toString());
    return properties;
  }
}
