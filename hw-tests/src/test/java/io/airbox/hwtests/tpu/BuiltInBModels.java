package io.airbox.hwtests.tpu;

import io.airbox.hwtests.Checkout;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The built-in pack with the files of both engines. While {@code models/default} has ONNX files
 * only, its networks are compiled by {@code python3 -m airbox_models.bmodels}, once for each
 * content of recipe and pack, into {@code ${XDG_CACHE_HOME:-~/.cache}/airbox/tpu-packs/HASH}; a
 * pack that nobody used for two weeks goes.
 *
 * <p>Holds across processes: one compiles, the others wait. The command makes the folder appear
 * whole or not at all, so that one that was killed leaves nothing that is taken for a pack.
 */
final class BuiltInBModels {
  private static final Path MODELS = Checkout.path("models");
  private static final Path SHIPPED = MODELS.resolve("default");
  private static final String MANIFEST = "pack.json";

  /** The compiler is 384 MB to download and takes a minute, beside other work several. */
  private static final Duration LIMIT = Duration.ofMinutes(40);

  private static final Duration UNUSED = Duration.ofDays(14);

  private BuiltInBModels() {}

  /**
   * The folder of the pack; nobody writes there.
   *
   * @throws IOException if it cannot be compiled here; says what is missing or which step failed
   */
  static synchronized Path provide() throws IOException {
    if (Files.readString(SHIPPED.resolve(MANIFEST)).contains("\"bm1684x\"")) {
      return SHIPPED;
    }
    Path parent = Files.createDirectories(cache().resolve("airbox/tpu-packs"));
    Path pack = parent.resolve(key());
    try (FileChannel channel =
            FileChannel.open(
                parent.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      if (lock.isValid() && !Files.exists(pack)) {
        compile(pack, parent.resolve("compile.log"));
      }
      Files.setLastModifiedTime(pack, FileTime.from(Instant.now()));
      deleteUnused(parent);
    }
    return pack;
  }

  private static Path cache() {
    String configured = System.getenv("XDG_CACHE_HOME");
    return configured == null || configured.isBlank()
        ? Path.of(System.getProperty("user.home"), ".cache")
        : Path.of(configured);
  }

  /** The manifest holds the digests of the networks, which the command verifies. */
  private static String key() throws IOException {
    List<Path> sources;
    try (Stream<Path> files = Files.walk(MODELS.resolve("airbox_models/bmodels"))) {
      sources = files.filter(file -> file.toString().matches(".*\\.(py|txt)")).sorted().toList();
    }
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Path source : sources) {
        digest.update(MODELS.relativize(source).toString().getBytes(StandardCharsets.UTF_8));
        digest.update(Files.readAllBytes(source));
      }
      digest.update(Files.readAllBytes(SHIPPED.resolve(MANIFEST)));
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static void compile(Path pack, Path log) throws IOException {
    List<String> command =
        List.of("python3", "-m", "airbox_models.bmodels", "--pack=" + SHIPPED, "--out=" + pack);
    Process process =
        new ProcessBuilder(command)
            .directory(MODELS.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        throw failure("took more than " + LIMIT.toMinutes() + " min", log);
      }
      if (process.exitValue() != 0) {
        throw failure("ended with " + process.exitValue(), log);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the built-in pack was compiled", e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static IOException failure(String what, Path log) throws IOException {
    return new IOException(
        String.format(
            Locale.ROOT,
            "the built-in pack's bmodels cannot be had: the compilation (models/README.md) %s:%n%s",
            what,
            Files.readString(log, StandardCharsets.UTF_8)));
  }

  private static void deleteUnused(Path parent) throws IOException {
    Instant limit = Instant.now().minus(UNUSED);
    List<Path> unused;
    try (Stream<Path> packs = Files.list(parent)) {
      unused =
          packs
              .filter(Files::isDirectory)
              .filter(folder -> modified(folder).isBefore(limit))
              .toList();
    }
    for (Path folder : unused) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static Instant modified(Path folder) {
    return Instant.ofEpochMilli(folder.toFile().lastModified());
  }
}
